// Archives that are odd but honest come in, with a warning where something was dropped; manifests are judged field by field.
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AppError } from "~/server/errors";
import { plans } from "~/server/plans/plans";
import { archivesOfTools } from "~/server/testing/archives-of-tools";
import { oddArchives } from "~/server/testing/odd-archives";
import { type RawEntry, rawZip } from "~/server/testing/raw-zip";
import { checkBundle } from "./check-bundle";
import { extractBundle } from "./extract-bundle";

const good = { name: "bot", protocol: "invoke/v1", runtime: "embedded", entrypoint: "src/index.ts" };
const manifest = (fields: object = good): RawEntry => ({ name: "agent.config.json", data: JSON.stringify(fields) });
const entry: RawEntry = { name: "src/index.ts", data: "export default () => 'hello'" };
const check = (zip: Buffer) => checkBundle(zip, plans.free, { runtimes: ["embedded"] });
const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");

describe("an honest archive", () => {
  it.each(oddArchives())("is accepted: $what", async ({ zip, warns }) => {
    const checked = await check(zip);
    expect(checked.warnings).toHaveLength(warns);
    expect(checked.files.map((file) => file.path)).toEqual(
      expect.arrayContaining(["agent.config.json", checked.manifest.entrypoint]),
    );
  });

  it("of another tool has the content and the names that went into it", async () => {
    for (const [, zip] of archivesOfTools) {
      const files = new Map((await check(zip)).files.map((file) => [file.path, file.sha256]));
      expect(files.get("src/index.ts")).toBe(sha256('export default () => "hello";\n'));
      expect(files.get("src/grüße.txt")).toBe(sha256("grüße\n"));
      expect(files.get("src/empty.txt")).toBe(sha256(""));
    }
  });

  it("keeps an archive inside it packed", async () => {
    const inner = rawZip([{ name: "../x", data: "x" }]);
    const checked = await check(rawZip([manifest(), entry, { name: "inner.zip", data: inner }]));
    expect(checked.files.find((file) => file.path === "inner.zip")?.sha256).toBe(sha256(inner));
    expect(checked.files).toHaveLength(3);
  });

  it("has every file listed by path with size and digest", async () => {
    const large = randomBytes(3_000_000);
    const checked = await check(rawZip([manifest(), entry, { name: "large.bin", data: large }]));
    expect(checked.files.map((file) => file.path)).toEqual(["agent.config.json", "large.bin", "src/index.ts"]);
    expect(checked.files[1]).toEqual({ path: "large.bin", sizeBytes: large.length, sha256: sha256(large) });
  });

  it("made by fflate is accepted", async () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const zip = zipSync({ "agent.config.json": bytes(JSON.stringify(good)), src: { "index.ts": bytes("export default 1") } });
    expect((await check(Buffer.from(zip))).files).toHaveLength(2);
  });

  it("may be wrapped in one top folder and carry desktop clutter, which a warning says", async () => {
    const zip = rawZip([
      { name: "my-bot/" },
      { ...manifest(), name: "my-bot/agent.config.json" },
      { ...entry, name: "my-bot/src/index.ts" },
      { name: "my-bot/.DS_Store", data: "x" },
      { name: "__MACOSX/my-bot/._index.ts", data: "x" },
    ]);
    const checked = await check(zip);
    expect(checked.files.map((file) => file.path)).toEqual(["agent.config.json", "src/index.ts"]);
    expect(checked.warnings).toEqual([expect.stringContaining("2 files of the desktop"), expect.stringContaining('"my-bot"')]);
  });

  it("may write ./ before its names, which a warning says", async () => {
    const checked = await check(
      rawZip([{ name: "./" }, { ...manifest(), name: "./agent.config.json" }, { ...entry, name: "./src/index.ts" }]),
    );
    expect(checked.files.map((file) => file.path)).toEqual(["agent.config.json", "src/index.ts"]);
    expect(checked.warnings).toHaveLength(1);
  });

  it("is warned about files that look like secrets", async () => {
    const checked = await check(
      rawZip([manifest(), entry, { name: ".env", data: "KEY=1" }, { name: "keys/tls.pem", data: "x" }]),
    );
    expect(checked.warnings).toEqual([expect.stringContaining('".env"'), expect.stringContaining('"keys/tls.pem"')]);
  });

  it("larger than the plan allows is refused before it is looked at", async () => {
    const error: AppError = await checkBundle(Buffer.alloc(11), { ...plans.free, bundleBytesMax: 10 }, { runtimes: [] }).catch(
      (e) => e,
    );
    expect(error.code).toBe("PAYLOAD_TOO_LARGE");
  });
});

describe("unpacking", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "whs-extract-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("writes exactly the checked files, private and not executable", async () => {
    const zip = rawZip([manifest(), { ...entry, mode: 0o100755 }]);
    await extractBundle(zip, plans.free, directory);
    const checked = await check(zip);
    for (const file of checked.files) expect(sha256(readFileSync(join(directory, file.path)))).toBe(file.sha256);
    expect(statSync(join(directory, "src/index.ts")).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, "src")).mode & 0o777).toBe(0o700);
  });
});

type Judgement = [what: string, fields: unknown, path: string, message: RegExp];
const judgements: Judgement[] = [
  ["an unknown key", { ...good, surprise: 1 }, "surprise", /not known/],
  ["an unknown key further in", { ...good, env: { keys: [] } }, "env.keys", /not known/],
  ["another protocol", { ...good, protocol: "invoke/v2" }, "protocol", /invoke\/v1/],
  ["no entry point", { ...good, entrypoint: undefined }, "entrypoint", /missing/],
  ["an entry point that is not there", { ...good, entrypoint: "main.ts" }, "entrypoint", /no file "main.ts"/],
  ["an entry point in other letters", { ...good, entrypoint: "src/Index.ts" }, "entrypoint", /There is "src\/index.ts"/],
  ["an entry point of another kind", { ...good, entrypoint: "agent.config.json" }, "entrypoint", /TypeScript or JavaScript/],
  ["an entry point outside", { ...good, entrypoint: "../index.ts" }, "entrypoint", /inside the bundle/],
  ["a runtime nobody knows", { ...good, runtime: "lambda" }, "runtime", /./],
  ["a runtime that is not offered", { ...good, runtime: "cloudflare" }, "runtime", /offers: embedded/],
  ["a runtime named twice", { ...good, runtime: ["embedded", "embedded"] }, "runtime", /twice/],
  ["a section without its runtime", { ...good, agentcore: { memory: true } }, "agentcore", /needs the runtime "agentcore"/],
  ["a key in small letters", { ...good, env: { requiredKeys: ["openai"] } }, "env.requiredKeys.0", /capital letters/],
  ["a key named twice", { ...good, env: { requiredKeys: ["A"], optionalKeys: ["A"] } }, "env", /A is named twice/],
  ["an address to reach", { ...good, network: { allow: ["10.0.0.1"] } }, "network.allow.0", /host name/],
  ["a scheme to reach", { ...good, network: { allow: ["https://a.example"] } }, "network.allow.0", /host name/],
  ["a golden file that is not there", { ...good, golden: ["golden/a.json"] }, "golden.0", /no file/],
  ["a time limit of zero", { ...good, limits: { timeoutMs: 0 } }, "limits.timeoutMs", /100/],
  ["a list in place of an object", [], "agent.config.json", /./],
];

describe("a manifest", () => {
  it.each(judgements)("with %s is refused at its field", async (_what, fields, path, message) => {
    const error: AppError = await check(rawZip([manifest(fields as object), entry])).then(
      () => Promise.reject(new Error("accepted")),
      (thrown) => thrown,
    );
    expect(error.details.reason).toBe("manifest_invalid");
    const issue = error.details.issues?.find((candidate) => candidate.path === path);
    expect(issue?.message ?? `no issue at ${path}: ${JSON.stringify(error.details.issues)}`).toMatch(message);
  });

  it("that is not JSON says where", async () => {
    const error: AppError = await check(rawZip([{ name: "agent.config.json", data: '{"name": }' }, entry])).catch((e) => e);
    expect(error.message).toMatch(/not JSON/);
  });

  it("that is missing is asked for, with the place where one was found", async () => {
    const zip = rawZip([entry, { ...manifest(), name: "deep/inside/agent.config.json" }]);
    const error: AppError = await check(zip).catch((e) => e);
    expect(error.details.reason).toBe("manifest_missing");
    expect(error.message).toContain('"deep/inside/agent.config.json"');
  });

  it("may begin its entry point with ./ and a byte order mark", async () => {
    const data = `\ufeff${JSON.stringify({ ...good, entrypoint: "./src/index.ts" })}`;
    const checked = await check(rawZip([{ name: "agent.config.json", data }, entry]));
    expect(checked.manifest.entrypoint).toBe("src/index.ts");
  });
});
