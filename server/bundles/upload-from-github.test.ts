// A public repository comes in as its zip would, with the commit it was made of; whatever GitHub or a caller tries, nothing else is asked.

import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WorkspaceScope } from "~/server/auth/scope";
import { plans } from "~/server/plans/plans";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { createTestTenant } from "~/server/testing/factories";
import { type GithubArchives, gitArchive, startGithubArchives } from "~/server/testing/github-archives";
import { noise } from "~/server/testing/hostile-archive";
import { hostileArchives } from "~/server/testing/hostile-archives";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { incomingDirectory } from "./incoming-directory";
import { uploadFromGithub } from "./upload-from-github";

let github: GithubArchives;
let services: TestServices;
let scope: WorkspaceScope;

beforeAll(async () => {
  github = await startGithubArchives();
  const providers = createProviderRegistry([createFakeProvider()]);
  services = await createTestServices({ config: github.config, providers });
});
afterAll(async () => {
  await services.dispose();
  await github.close();
});
beforeEach(async () => {
  github.reset();
  await services.reset();
  scope = (await createTestTenant(services)).scope;
});

const commit = "3f786850e387550fdab836ed7e6dc881de23001b";
const url = "https://github.com/octo-org/agent";
const take = (input: { url?: string; ref?: string } = {}) => uploadFromGithub(services, scope, { url, ref: "main", ...input });
const refused = (reason: string, code = "INVALID_REQUEST") =>
  expect.objectContaining({ code, details: expect.objectContaining({ reason }) });

/** The archive host answers so; github.com goes on as it does. */
function archiveAnswers(write: (response: ServerResponse) => void): void {
  github.archives.set("octo-org/agent@main", new Uint8Array());
  github.misbehave = (request, response) => {
    const isArchive = isFor(request, "codeload.github.com");
    if (isArchive) write(response);
    return isArchive;
  };
}

function webAnswers(status: number, headers: Record<string, string> = {}): void {
  github.misbehave = (request, response) => {
    const isWeb = isFor(request, "github.com");
    if (isWeb) response.writeHead(status, headers).end();
    return isWeb;
  };
}

const isFor = (request: IncomingMessage, host: string) => request.headers.host === `${host}:${github.port}`;

async function expectNothingLeft(): Promise<void> {
  const blobs = join(services.directory, "blobs", scope.workspaceId, "uploads");
  const incoming = incomingDirectory(services.config);
  for (const directory of [blobs, incoming]) expect(existsSync(directory) ? readdirSync(directory) : []).toEqual([]);
  expect(await services.owner.selectFrom("uploads").select("id").execute()).toEqual([]);
  expect(await services.owner.selectFrom("auditEntries").select("id").execute()).toEqual([]);
}

describe("a repository", () => {
  it("is taken in as GitHub packed it, with its ref and commit in the row and in the audit log", async () => {
    const zip = gitArchive(commit);
    github.archives.set("octo-org/agent@feature/x", zip);
    const item = await take({ ref: "feature/x" });
    expect(item).toMatchObject({
      fileName: "agent-feature-x.zip",
      sha256: createHash("sha256").update(zip).digest("hex"),
      source: { host: "github.com", owner: "octo-org", repo: "agent", ref: "feature/x", commit },
    });
    expect(item.files.map((file) => file.path)).toEqual(["agent.config.json", "index.ts"]);
    expect(github.asked).toEqual([
      "github.com /octo-org/agent/archive/feature/x.zip",
      "codeload.github.com /octo-org/agent/zip/feature/x",
    ]);
    const [entry] = await services.owner.selectFrom("auditEntries").select(["action", "metadata"]).execute();
    expect(entry).toMatchObject({
      action: "upload.create",
      metadata: { repository: "github.com/octo-org/agent", ref: "feature/x", commit },
    });
  });

  it("without a ref is its default branch", async () => {
    github.archives.set("octo-org/agent@HEAD", gitArchive(commit));
    expect(await take({ ref: "" })).toMatchObject({ fileName: "agent.zip", source: { ref: "HEAD", commit } });
  });

  it("whose archive names no commit is taken in without one", async () => {
    github.archives.set("octo-org/agent@main", gitArchive("a remark of somebody else"));
    expect((await take()).source).toMatchObject({ ref: "main", commit: null });
  });

  it("asked for by its commit is refused when GitHub sends another one", async () => {
    github.archives.set(`octo-org/agent@${commit}`, gitArchive(commit));
    expect((await take({ ref: commit })).source).toMatchObject({ commit });
    const other = "0".repeat(40);
    github.archives.set(`octo-org/agent@${other}`, gitArchive(commit));
    await expect(take({ ref: other })).rejects.toThrow(refused("github_other_commit", "INTERNAL"));
  });
});

describe("what is not GitHub's", () => {
  it.each([
    "https://github.com.evil.tld/o/r",
    "https://user@github.com/o/r",
    "https://169.254.169.254/o/r",
    "http://github.com/o/r",
    "git@github.com:o/r",
    "https://github.com/o/r/../..",
    "https://evil.tld/o/r",
  ])("%s is refused before any lookup", async (wrong) => {
    await expect(take({ url: wrong })).rejects.toThrow(refused("github_url_invalid"));
    await expect(take({ ref: "../../x" })).rejects.toThrow(refused("github_ref_invalid"));
    expect(github.lookedUp).toEqual([]);
    expect(github.asked).toEqual([]);
  });

  it.each([
    "https://evil.tld/octo-org/agent/zip/main",
    "https://codeload.github.com.evil.tld/octo-org/agent/zip/main",
    "https://codeload.github.com@evil.tld/octo-org/agent/zip/main",
    "https://codeload.github.com:1/octo-org/agent/zip/main",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::ffff:7f00:1]/octo-org/agent/zip/main",
    "http://codeload.github.com/octo-org/agent/zip/main",
    "//evil.tld/octo-org/agent/zip/main",
    "file:///etc/passwd",
    "https://",
    "",
  ])("a redirect to %j is not followed, nor looked up", async (location) => {
    webAnswers(302, { location });
    await expect(take()).rejects.toThrow(refused("github_unexpected", "INTERNAL"));
    expect(github.lookedUp).toEqual(["github.com"]);
    await expectNothingLeft();
  });

  it.each(["/other/agent/zip/main", "/octo-org/agent/zip/../../../other/secret/zip/main", "/octo-org/agent-2/zip/main", "/"])(
    "a redirect to %s of the archive host is not followed",
    async (path) => {
      webAnswers(302, { location: `${github.config.github.archive.origin}${path}` });
      await expect(take()).rejects.toThrow(refused("github_unexpected", "INTERNAL"));
      expect(github.lookedUp).toEqual(["github.com"]);
    },
  );

  it("a second redirect is not followed", async () => {
    archiveAnswers((response) => void response.writeHead(302, { location: "https://169.254.169.254/" }).end());
    await expect(take()).rejects.toThrow(refused("github_unexpected", "INTERNAL"));
    expect(github.lookedUp).toEqual(["github.com", "codeload.github.com"]);
    await expectNothingLeft();
  });

  it.each(["10.0.0.1", "169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254"])(
    "an archive host that turns to %s between the two requests is not connected to",
    async (address) => {
      github.archives.set("octo-org/agent@main", gitArchive(commit));
      github.answers.set("codeload.github.com", [address]);
      await expect(take()).rejects.toThrow(refused("github_unreachable", "INTERNAL"));
      expect(github.asked).toEqual(["github.com /octo-org/agent/archive/main.zip"]);
      await expectNothingLeft();
    },
  );
});

describe("GitHub's refusals", () => {
  it("tell a missing or private repository from a missing ref and from an empty repository", async () => {
    await expect(take()).rejects.toThrow(refused("github_repository_not_found"));
    github.repositories.add("octo-org/agent");
    await expect(take()).rejects.toThrow(refused("github_ref_not_found"));
    await expect(take({ ref: "" })).rejects.toThrow(/holds no commit yet/);
    await expectNothingLeft();
  });

  it("of the archive host mean the same: github.com does not always look at the ref", async () => {
    github.repositories.add("octo-org/agent");
    archiveAnswers((response) => void response.writeHead(404).end());
    await expect(take()).rejects.toThrow(refused("github_ref_not_found"));
  });

  it("of a moved repository lead to its present address and are not followed", async () => {
    webAnswers(301, { location: "/new-org/agent/archive/main.zip" });
    await expect(take()).rejects.toThrow(/https:\/\/github\.com\/new-org\/agent/);
    expect(github.asked).toHaveLength(1);
  });

  it.each([
    [429, "7", 7],
    [403, "90", 90],
    [429, undefined, 60],
    [429, "99999999", 3_600],
    [429, "Wed, 21 Oct 2026 07:28:00 GMT", 60],
  ])("with %s and Retry-After %s are passed on as a wait of that long, at most an hour", async (status, after, seconds) => {
    webAnswers(status, after === undefined ? {} : { "retry-after": after });
    await expect(take()).rejects.toMatchObject({
      code: "RATE_LIMITED",
      details: { reason: "github_rate_limited", retryAfterSeconds: seconds },
    });
  });

  it.each([
    [300, "github_ref_ambiguous", "INVALID_REQUEST"],
    [403, "github_repository_blocked", "INVALID_REQUEST"],
    [451, "github_repository_blocked", "INVALID_REQUEST"],
    [500, "github_unexpected", "INTERNAL"],
    [503, "github_unexpected", "INTERNAL"],
    [200, "github_unexpected", "INTERNAL"],
    [204, "github_unexpected", "INTERNAL"],
  ])("with %s are %s", async (status, reason, code) => {
    webAnswers(status);
    await expect(take()).rejects.toThrow(refused(reason, code));
    await expectNothingLeft();
  });

  it("without an address say that GitHub could not be reached", async () => {
    github.answers.set("github.com", ["203.0.113.1"]);
    await expect(take()).rejects.toMatchObject({ code: "INTERNAL", retryable: true, details: { overloaded: true } });
  });
});

describe("an archive of GitHub", () => {
  const zipType = { "content-type": "application/zip" };

  it("that never ends is cut at the plan's cap", async () => {
    archiveAnswers((response) => {
      response.writeHead(200, zipType);
      const piece = noise(256 * 1024);
      const more = () => void (response.destroyed || response.write(piece, more));
      more();
    });
    await expect(take()).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE", details: { limit: plans.free.bundleBytesMax } });
    await expectNothingLeft();
  });

  it("announced as too large is refused before it is read", async () => {
    archiveAnswers((response) => {
      response.writeHead(200, { ...zipType, "content-length": String(plans.free.bundleBytesMax + 1) }).write("PK");
    });
    await expect(take()).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
    await expectNothingLeft();
  });

  it("that breaks off is GitHub's failure, not the caller's", async () => {
    archiveAnswers((response) => {
      response.writeHead(200, { ...zipType, "content-length": "1000" }).write("PK", () => response.destroy());
    });
    await expect(take()).rejects.toThrow(refused("github_unreachable", "INTERNAL"));
    await expectNothingLeft();
  });

  it.each(["text/html", "application/zippy", "application/octet-stream", ""])("of the type %j is not read", async (type) => {
    archiveAnswers((response) => void response.writeHead(200, type ? { "content-type": type } : {}).end(gitArchive(commit)));
    await expect(take()).rejects.toThrow(refused("github_unexpected", "INTERNAL"));
    await expectNothingLeft();
  });

  it("is checked as every upload: hostile ones are refused with their own reason and leave nothing", async () => {
    const archives = hostileArchives();
    for (const reason of ["bundle_ratio", "bundle_symlink", "bundle_name_traversal", "bundle_overlap"]) {
      const hostile = archives.find((archive) => archive.reason === reason);
      if (!hostile) throw new Error(`There is no hostile archive for ${reason}.`);
      github.archives.set("octo-org/agent@main", hostile.zip);
      await expect(take()).rejects.toThrow(refused(reason));
      await expectNothingLeft();
    }
  });

  it("is fetched at most thirty times in ten minutes for one workspace, refused addresses not counted", async () => {
    for (let round = 0; round < 40; round += 1) {
      await expect(take({ url: "https://evil.tld/o/r" })).rejects.toThrow(refused("github_url_invalid"));
    }
    for (let round = 0; round < 30; round += 1) await expect(take()).rejects.toThrow(refused("github_repository_not_found"));
    await expect(take()).rejects.toMatchObject({ code: "RATE_LIMITED" });
    scope = (await createTestTenant(services)).scope;
    await expect(take()).rejects.toThrow(refused("github_repository_not_found"));
  });

  it("keeps no more than three places of a workspace busy at once", async () => {
    const waiting: ServerResponse[] = [];
    github.misbehave = (_request, response) => waiting.push(response) > 0;
    const asking = [take(), take(), take()].map((promise) => promise.catch((error: unknown) => error));
    await expect.poll(() => waiting.length).toBe(3);
    await expect(take()).rejects.toMatchObject({ code: "RATE_LIMITED", details: { reason: "concurrency" } });
    for (const response of waiting) response.writeHead(503).end();
    expect(await Promise.all(asking)).toEqual([1, 2, 3].map(() => refused("github_unexpected", "INTERNAL")));
  });
});
