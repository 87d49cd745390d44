// An upload comes in whole with its record, or leaves nothing behind: no file, no blob, no row.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import { plans } from "~/server/plans/plans";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { bundleOf } from "~/server/testing/bundles";
import { createTestTenant } from "~/server/testing/factories";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { listExamples } from "./examples";
import { getUpload } from "./get-upload";
import { incomingDirectory } from "./incoming-directory";
import type { UploadPace } from "./receive-to-file";
import { receiveUpload } from "./receive-upload";
import { sweepIncoming } from "./sweep-incoming";
import { sweepUploads } from "./sweep-uploads";
import { uploadExample } from "./upload-example";
import { handleUpload } from "./uploads.http";

let services: TestServices;
let scope: WorkspaceScope;

beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([createFakeProvider()]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  scope = (await createTestTenant(services)).scope;
});

const zip = bundleOf();
const receive = (
  stream: AsyncIterable<Uint8Array>,
  more: { contentLength?: number; fileName?: string; pace?: UploadPace } = {},
) => receiveUpload(services, scope, { fileName: "bundle.zip", stream, ...more });

async function expectNothingLeft(): Promise<void> {
  const blobs = join(services.directory, "blobs", scope.workspaceId, "uploads");
  expect(existsSync(blobs) ? readdirSync(blobs) : []).toEqual([]);
  const incoming = incomingDirectory(services.config);
  expect(existsSync(incoming) ? readdirSync(incoming) : []).toEqual([]);
  expect(await services.owner.selectFrom("uploads").select("id").execute()).toEqual([]);
  expect(await services.owner.selectFrom("auditEntries").select("id").execute()).toEqual([]);
}

describe("an upload", () => {
  it("is stored as it came, with its digest, its files and an audit entry", async () => {
    const pieces = Array.from({ length: 20 }, (_, index) =>
      zip.slice((zip.length * index) / 20, (zip.length * (index + 1)) / 20),
    );
    const item = await receive(Readable.from(pieces), { fileName: "C:\\fakepath\\my\u202e bot.zip" });
    expect(item.fileName).toBe("my bot.zip");
    expect(item.sha256).toBe(createHash("sha256").update(zip).digest("hex"));
    expect(item.files.map((file) => file.path)).toEqual(["agent.config.json", "index.ts"]);
    expect(await services.blobs.read(`${scope.workspaceId}/uploads/${item.uploadId}.zip`)).toEqual(Buffer.from(zip));
    expect(await getUpload(services, scope, item.uploadId)).toEqual(item);
    expect(readdirSync(incomingDirectory(services.config))).toEqual([]);
    const audited = await services.owner.selectFrom("auditEntries").select(["action", "targetId"]).execute();
    expect(audited).toEqual([{ action: "upload.create", targetId: item.uploadId }]);
  });

  it("of another workspace looks missing", async () => {
    const { uploadId } = await receive(Readable.from([zip]));
    const other = (await createTestTenant(services)).scope;
    await expect(getUpload(services, other, uploadId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("announced as too large is refused before it is read", async () => {
    let isRead = false;
    async function* body() {
      isRead = true;
      yield zip;
    }
    const contentLength = plans.free.bundleBytesMax + 1;
    await expect(receive(body(), { contentLength })).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
    expect(isRead).toBe(false);
    await expectNothingLeft();
  });

  it("that turns out too large is refused while it comes, whatever it announced", async () => {
    let sentBytes = 0;
    async function* endless() {
      for (;;) {
        sentBytes += 1024 * 1024;
        yield new Uint8Array(1024 * 1024);
      }
    }
    await expect(receive(endless(), { contentLength: 5 })).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
    expect(sentBytes).toBeLessThanOrEqual(plans.free.bundleBytesMax + 1024 * 1024);
    await expectNothingLeft();
  });

  it("that breaks off leaves nothing", async () => {
    async function* broken() {
      yield zip.slice(0, 100);
      throw new Error("socket hang up");
    }
    await expect(receive(broken())).rejects.toMatchObject({ code: "INVALID_REQUEST", details: { reason: "upload_interrupted" } });
    await expectNothingLeft();
  });

  it("that falls silent is given up, and leaves nothing", async () => {
    const silent = async function* () {
      yield zip.slice(0, 100);
      await new Promise(() => {});
    };
    const pace = { idleMs: 20, bytesPerSecondMin: 0, graceMs: 0 };
    await expect(receive(silent(), { pace })).rejects.toMatchObject({ details: { reason: "upload_too_slow" } });
    await expectNothingLeft();
  });

  it("that trickles is given up, however regularly it does", async () => {
    const trickle = async function* () {
      for (const byte of zip) yield new Uint8Array([byte]);
    };
    const pace = { idleMs: 30_000, bytesPerSecondMin: 1_000_000_000, graceMs: 0 };
    await expect(receive(trickle(), { pace })).rejects.toMatchObject({ details: { reason: "upload_too_slow" } });
    await expectNothingLeft();
  });

  it("that is not a good bundle leaves nothing", async () => {
    await expect(receive(Readable.from([Buffer.from("no zip")]))).rejects.toMatchObject({
      details: { reason: "bundle_not_a_zip" },
    });
    await expectNothingLeft();
  });

  it("that cannot be stored or entered leaves nothing", async () => {
    const full = new AppError("INTERNAL", "disk full");
    const blobs = { ...services.blobs, putFile: () => Promise.reject(full) };
    await expect(receiveUpload({ ...services, blobs }, scope, { fileName: "b.zip", stream: Readable.from([zip]) })).rejects.toBe(
      full,
    );
    await expectNothingLeft();
    const clock = { now: () => new Date(-8.64e15) }; // long before the calendar of PostgreSQL begins: no row can hold it
    await expect(
      receiveUpload({ ...services, clock }, scope, { fileName: "b.zip", stream: Readable.from([zip]) }),
    ).rejects.toThrow();
    await expectNothingLeft();
  });

  it("through the HTTP door may come without a name", async () => {
    const item = await handleUpload(services, scope, { stream: Readable.from([zip]), fileName: null, contentLength: zip.length });
    expect(item.fileName).toBe("bundle.zip");
  });

  it("comes in beside many others without one disturbing another", async () => {
    const items = await Promise.all(Array.from({ length: 12 }, () => receive(Readable.from([zip]))));
    expect(new Set(items.map((item) => item.uploadId)).size).toBe(12);
  });

  it("is refused while too many others of the workspace are still on their way, and taken once they are through", async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const slow = async function* () {
      await gate;
      yield zip;
    };
    const others = Array.from({ length: 20 }, () => receive(slow()));
    await expect(receive(Readable.from([zip]))).rejects.toMatchObject({ code: "RATE_LIMITED", retryable: true });
    open();
    // Some of them may be told to come again by the gate before the check, which is bounded too.
    await Promise.allSettled(others);
    await receive(Readable.from([zip]));
  });
});

describe("what is left behind", () => {
  it("by a killed process is swept after an hour, what is in use is not", async () => {
    const incoming = incomingDirectory(services.config);
    mkdirSync(join(incoming, "unpacked-1/src"), { recursive: true });
    writeFileSync(join(incoming, "old.zip"), "x");
    writeFileSync(join(incoming, "new.zip"), "x");
    const old = new Date(services.clock.now().getTime() - 2 * 60 * 60 * 1000);
    for (const name of ["unpacked-1", "old.zip"]) utimesSync(join(incoming, name), old, old);
    expect(await sweepIncoming(services)).toBe(2);
    expect(readdirSync(incoming)).toEqual(["new.zip"]);
  });

  it("as an upload that nobody deployed is swept after a week", async () => {
    const { uploadId } = await receive(Readable.from([zip]));
    expect(await sweepUploads(services)).toBe(0);
    services.clock.advance(8 * 24 * 60 * 60 * 1000);
    expect(await sweepUploads(services)).toBe(1);
    await expect(services.blobs.read(`${scope.workspaceId}/uploads/${uploadId}.zip`)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});

describe("the examples", () => {
  it("are listed and each passes the check as an upload", async () => {
    const examples = await listExamples();
    expect(examples.map((example) => example.name)).toEqual(expect.arrayContaining(["counter", "hello"]));
    for (const example of examples) {
      const item = await uploadExample(services, scope, example.name);
      expect(item.manifest.env.requiredKeys).toEqual(example.requiredKeys);
      expect(item.warnings).toEqual([]);
    }
  });

  it.each(["../server", "hello/..", "none", ""])("cannot be named %j", async (name) => {
    await expect(uploadExample(services, scope, name)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
