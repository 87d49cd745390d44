// What two versions differ in, against golden files: manifest, keys, hosts, files, lines, masks; and who is shown what of it.
import { Readable } from "node:stream";
import { zipSync } from "fflate";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Role } from "~/db/tables/memberships";
import { createAgent } from "~/server/agents/create-agent";
import type { WorkspaceScope } from "~/server/auth/scope";
import { receiveUpload } from "~/server/bundles/receive-upload";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { setSecret } from "~/server/secrets/set-secret";
import { unsetSecret } from "~/server/secrets/unset-secret";
import { addTestMember, createTestManifest, createTestTenant, createTestUser, scopeOf } from "~/server/testing/factories";
import { renderDiff } from "~/server/testing/render-diff";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { compareDeployments } from "./compare-deployments";
import { createDeployment } from "./create-deployment";
import { readDeploymentFile } from "./read-deployment-file";

let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let scope: WorkspaceScope;
let agentId: string;

beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  const fake = createFakeProvider();
  services.providers = { get: () => fake, list: () => [fake] };
  tenant = await createTestTenant(services);
  scope = tenant.scope;
  agentId = (await createAgent(services, scope, { name: "bot", description: "" })).agentId;
});

type Content = Record<string, string | Uint8Array>;
type Side = { manifest?: Record<string, unknown>; files: Content };

async function upload({ manifest = {}, files }: Side, by = scope): Promise<string> {
  const encode = (content: string | Uint8Array) => (typeof content === "string" ? new TextEncoder().encode(content) : content);
  const all = { "agent.config.json": JSON.stringify(createTestManifest(manifest), null, 2), ...files };
  const zip = zipSync(Object.fromEntries(Object.entries(all).map(([path, content]) => [path, encode(content)])));
  return (await receiveUpload(services, by, { fileName: "bundle.zip", stream: Readable.from([zip]) })).uploadId;
}

async function version(side: Side): Promise<string> {
  const uploadId = await upload(side);
  return (await createDeployment(services, scope, { agentId, uploadId, activate: false })).deploymentId;
}

const handler = (body: string) => `export default async function handler(request, context) {\n${body}\n}\n`;

/** Put together at run time, so that no scanner takes the test itself for a leak. */
const planted = ["sk", "-proj-abcdEFGH1234567890"].join("");
const privateKey = ["-----BEGIN", " PRIVATE KEY-----\nMIIEcanary1\nMIIEcanary2\n-----END", " PRIVATE KEY-----"].join("");
const lines = (count: number, name: string) => Array.from({ length: count }, (_, line) => `${name} ${line + 1}`).join("\n");

const cases: Record<string, { before: Side; after: Side }> = {
  "new-host-new-key": {
    before: { files: { "index.ts": handler('  return "hello";'), "README.md": "# Bot\n" } },
    after: {
      manifest: { env: { requiredKeys: ["STRIPE_KEY"], optionalKeys: ["LOCALE"] }, network: { allow: ["api.stripe.com"] } },
      files: {
        "index.ts": handler(
          '  await fetch("https://api.stripe.com/v1/charges");\n  await fetch(`wss://Stray.Example.COM:8443/x`);\n  return "paid";',
        ),
        "README.md": "# Bot\n",
      },
    },
  },
  "manifest-fields": {
    before: {
      manifest: {
        network: { allow: ["a.example.com", "b.example.com"] },
        env: { requiredKeys: ["A", "B"], optionalKeys: ["C"] },
      },
      files: { "index.ts": handler("") },
    },
    after: {
      manifest: {
        runtime: ["embedded"],
        env: { requiredKeys: ["A", "C"], optionalKeys: ["D"] },
        limits: { timeoutMs: 5_000, memoryMb: 64 },
        sessions: { onDeploy: "move" },
      },
      files: { "index.ts": handler("") },
    },
  },
  "files-of-every-kind": {
    before: {
      files: {
        "index.ts": handler(""),
        "gone.txt": "one\ntwo",
        "logo.png": Uint8Array.from([0x89, 0x50, 0, 1]),
        "wide.txt": "x".repeat(300 * 1024),
        "far.txt": lines(3_000, "before"),
        "long.txt": "a\n",
        "crlf.txt": "one\r\ntwo\r\nthree\r\n",
        "end.txt": "same\nno end",
      },
    },
    after: {
      files: {
        "index.ts": handler(""),
        "new/empty.txt": "",
        "logo.png": Uint8Array.from([0x89, 0x50, 0, 2]),
        "wide.txt": "y".repeat(300 * 1024),
        "far.txt": lines(3_000, "after"),
        "long.txt": `a\n${lines(900, "added")}\n`,
        "crlf.txt": "one\r\nzwei\r\nthree\r\n",
        "end.txt": "same\nno end\n",
      },
    },
  },
  "credentials-are-masked": {
    before: {
      files: {
        "index.ts": handler(
          `  const key = "${planted}";\n  const apiKey = context.env.OPENAI_API_KEY_OF_PRODUCTION;\n  return key;`,
        ),
        "key.txt": `first\n${privateKey}\nlast\n`,
        "settings.ini": "password=hunter2.then\ncolour=red\n",
      },
    },
    after: {
      files: {
        "index.ts": handler(
          `  const key = "${planted}9";\n  const apiKey = context.env.OPENAI_API_KEY_OF_STAGING1;\n  return key;`,
        ),
        "key.txt": `first\n${privateKey}\nthe last\n`,
        "settings.ini": "password=hunter2.then\ncolour=blue\n",
      },
    },
  },
  "hosts-that-stay": {
    before: {
      files: {
        "index.ts": handler(""),
        "kept.ts": 'export const host = "api.kept.example.com";\n',
        "old.ts": 'export const url = "https://gone.example.com/x";\n',
      },
    },
    after: {
      manifest: { network: { allow: ["*.example.net"] } },
      files: {
        "index.ts": handler('  await fetch("https://api.kept.example.com");\n  await fetch("https://me:pw@eu.example.net:99/");'),
        "kept.ts": 'export const host = "api.kept.example.com";\n',
        "words.ts": 'export const notHosts = ["main.rs", "user.name", "index.ts", "a.b", "package.json", "http://"];\n',
      },
    },
  },
};

describe("the comparison of two versions", () => {
  it.each(Object.keys(cases))("is what the golden file says: %s", async (name) => {
    const { before, after } = cases[name] as { before: Side; after: Side };
    for (const secret of ["A", "B", "C", "STRIPE_KEY"]) await setSecret(services, scope, { agentId, name: secret, value: "one" });
    const [old, next] = [await version(before), await version(after)];
    const diff = await compareDeployments(services, scope, { before: { deploymentId: old }, after: { deploymentId: next } });
    await expect(renderDiff(diff)).toMatchFileSnapshot(`golden-diffs/${name}.txt`);
  });
});

const compare = (before: string, after: string, by = scope) =>
  compareDeployments(services, by, { before: { deploymentId: before }, after: { deploymentId: after } });

const hello: Side = { files: { "index.ts": handler('  return "hello";') } };
const goodbye: Side = { files: { "index.ts": handler('  return await fetch("https://api.example.com");') } };

async function colleague(role: Role): Promise<WorkspaceScope> {
  const user = await createTestUser(services);
  await addTestMember(services, tenant.workspace, user, role);
  return scopeOf(services, user, tenant.workspace);
}

describe("whoever compares", () => {
  it("without the right to read code sees which files and hosts are new, but no line", async () => {
    const [old, next] = [await version(hello), await version(goodbye)];
    const diff = await compare(old, next, await colleague("viewer"));
    expect(diff.files).toMatchObject([{ path: "index.ts", change: "changed", hunks: null, leftOut: "withheld", added: null }]);
    expect(diff.hosts.added.map(({ host }) => host)).toEqual(["api.example.com"]);
    expect(diff.secrets).toBeNull();
    expect(JSON.stringify(diff)).not.toContain("return");
    expect((await compare(old, next, await colleague("member"))).files[0]?.hunks).not.toBeNull();
  });

  it("of another workspace finds neither side, and an upload of another workspace is not there either", async () => {
    const [old, next] = [await version(hello), await version(goodbye)];
    const other = (await createTestTenant(services)).scope;
    const theirs = await upload(hello, other);
    await expect(compare(old, next, other)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const mixed = compareDeployments(services, scope, { before: { deploymentId: old }, after: { uploadId: theirs } });
    await expect(mixed).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("two versions of different agents is told so", async () => {
    const old = await version(hello);
    agentId = (await createAgent(services, scope, { name: "second", description: "" })).agentId;
    await expect(compare(old, await version(hello))).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      details: { issues: [{ path: "against" }] },
    });
  });
});

describe("a version", () => {
  it("can be compared with an upload that was not deployed", async () => {
    const old = await version(hello);
    const uploadId = await upload(goodbye);
    const diff = await compareDeployments(services, scope, { before: { deploymentId: old }, after: { uploadId } });
    expect(diff.after).toMatchObject({ deploymentId: null, uploadId, version: null, runtime: "embedded" });
    expect(diff.files.map(({ path }) => path)).toEqual(["index.ts"]);
  });

  it("says which secrets changed since it was placed, and which value it would start with", async () => {
    const needing: Side = { ...hello, manifest: { env: { requiredKeys: ["KEY"], optionalKeys: ["GONE"] } } };
    for (const name of ["KEY", "GONE"]) await setSecret(services, scope, { agentId, name, value: "one" });
    const [old, live] = [await version(needing), await version(needing)];
    await given(old, { KEY: 1, GONE: 1 });
    await setSecret(services, scope, { agentId, name: "KEY", value: "two" });
    await setSecret(services, scope, { agentId, name: "KEY", value: "three" });
    await unsetSecret(services, scope, { agentId, name: "GONE" });
    await given(live, { KEY: 3 });
    expect((await compare(live, old)).secrets).toEqual([
      { name: "GONE", before: null, after: 1, now: null },
      { name: "KEY", before: 3, after: 1, now: 3 },
    ]);
  });

  it("whose stored bundle was altered is not compared, and the audit log says so", async () => {
    const [old, next] = [await version(hello), await version(goodbye)];
    const { blobKey } = await services.owner
      .selectFrom("uploads")
      .select("blobKey")
      .where("id", "in", (query) => query.selectFrom("deployments").select("uploadId").where("id", "=", next))
      .executeTakeFirstOrThrow();
    const bytes = await services.blobs.read(blobKey);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    await services.blobs.putBytes(blobKey, bytes);
    const refused = { code: "DEPLOYMENT_FAILED", details: { reason: "bundle_altered" } };
    await expect(compare(old, next)).rejects.toMatchObject(refused);
    await expect(readDeploymentFile(services, scope, { deploymentId: next, path: "index.ts" })).rejects.toMatchObject(refused);
    const audited = await services.owner
      .selectFrom("auditEntries")
      .select(["targetKind", "targetId"])
      .where("action", "=", "deployment.integrity_failure")
      .execute();
    expect(audited).toEqual([next, next].map((targetId) => ({ targetKind: "deployment", targetId })));
  });

  it("takes little to compare with one that is quite different", async () => {
    const many = (name: string): Side => ({
      files: Object.fromEntries([
        ["index.ts", handler("")],
        ...Array.from({ length: 400 }, (_, at) => [`f/${at}.txt`, lines(200, name)]),
      ]),
    });
    const diff = await compare(await version(many("a")), await version(many("b")));
    expect(diff.files).toHaveLength(300);
    expect(diff.filesMore).toBe(100);
    expect(diff.files.flatMap(({ hunks }) => hunks ?? []).flatMap((hunk) => hunk.lines).length).toBeLessThanOrEqual(4_000);
    expect(diff.files.at(-1)).toMatchObject({ leftOut: "too_many", hunks: null });
  });
});

/** What a placement writes down. */
async function given(deploymentId: string, secretVersions: Record<string, number>): Promise<void> {
  await services.owner
    .updateTable("deployments")
    .set({ secretVersions: JSON.stringify(secretVersions) })
    .where("id", "=", deploymentId)
    .execute();
}
