// The upload door: the body goes through unread, a refusal still reaches the sender, and only who may deploy gets in.
import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { type ClientRequest, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { incomingDirectory } from "~/server/bundles/incoming-directory";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { bundleOf } from "~/server/testing/bundles";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { startWeb, type Web } from "./start-web";

let services: TestServices;
let web: Web;
let agent: LiveAgent;
beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([createFakeProvider()]) });
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
  agent = await createLiveAgent(services, await createTestTenant(services), null);
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});

const upload = (body: Uint8Array, headers: Record<string, string> = {}) =>
  fetch(`${web.url}/v1/uploads`, {
    method: "POST",
    headers: { authorization: `Bearer ${agent.apiKey}`, "content-type": "application/zip", ...headers },
    body: new Uint8Array(body),
  });

describe("an upload", () => {
  it("is taken in with 201 and the name that its sender gave it", async () => {
    const answer = await upload(bundleOf(), { "x-file-name": encodeURIComponent("größe.zip") });
    expect([answer.status, await answer.json()]).toMatchObject([
      201,
      { uploadId: expect.stringMatching(/^upl_/), fileName: "größe.zip", manifest: { name: "test-agent" } },
    ]);
  });

  it("may have any size up to the plan's cap, whatever other doors accept", async () => {
    const noise = randomBytes(1_500_000).toString("base64");
    expect((await upload(bundleOf(`export default async () => ${JSON.stringify(noise)}.length + "";`))).status).toBe(201);
  });

  it("that is no zip is refused with a reason, and the connection goes on", async () => {
    const answer = await upload(Buffer.from("hello"));
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: "INVALID_REQUEST" } }]);
    expect((await upload(bundleOf())).status).toBe(201);
  });

  it("over the cap is refused while it is still being sent, and the sender gets to read why", async () => {
    const answer = await upload(Buffer.alloc(26 * 1024 * 1024));
    expect([answer.status, await answer.json()]).toMatchObject([413, { error: { code: "PAYLOAD_TOO_LARGE" } }]);
  });

  it("is refused to a key that may not deploy, before a byte of it is kept", async () => {
    const reader = await createLiveAgent(services, await createTestTenant(services), null, { preset: "invoke" });
    const before = await services.owner.selectFrom("uploads").select("id").execute();
    const answer = await upload(bundleOf(), { authorization: `Bearer ${reader.apiKey}` });
    expect([answer.status, await answer.json()]).toMatchObject([403, { error: { code: "UNAUTHORIZED" } }]);
    expect(await services.owner.selectFrom("uploads").select("id").execute()).toEqual(before);
  });

  it("sent as a form or encoded is refused with the way to send it", async () => {
    for (const headers of [{ "content-type": "multipart/form-data; boundary=x" }, { "content-encoding": "gzip" }]) {
      const answer = await upload(bundleOf(), headers);
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: { details: { reason: "upload_not_plain" } } }]);
    }
  });

  it("in pieces of unknown number is counted, and refused over the cap", async () => {
    const answered = await send({ "transfer-encoding": "chunked" }, (request) => {
      for (let piece = 0; piece < 26; piece += 1) request.write(Buffer.alloc(1024 * 1024));
      request.end();
    });
    expect(answered).toMatchObject({ status: 413 });
  });

  it("whose sender asks first is refused before a byte was sent, and else told to go on when it is wanted", async () => {
    const asks = { expect: "100-continue" };
    const tooLarge = await send({ ...asks, "content-length": 26 * 1024 * 1024 }, () => {});
    expect(tooLarge).toEqual({ status: 413, wasToldToGoOn: false });
    const body = bundleOf();
    const good = await send({ ...asks, "content-length": body.length }, (request) => {
      request.once("continue", () => request.end(body));
    });
    expect(good).toEqual({ status: 201, wasToldToGoOn: true });
  });

  it("that is broken off by its sender leaves nothing", async () => {
    const incoming = incomingDirectory(services.config);
    const request = open({ "content-length": 1_000_000 });
    request.once("error", () => {});
    request.write(Buffer.alloc(200_000, "x"));
    await vi.waitFor(() => expect(readdirSync(incoming)).toHaveLength(1), { timeout: 30_000 });
    request.destroy();
    await vi.waitFor(() => expect(readdirSync(incoming)).toEqual([]), { timeout: 30_000 });
  });
});

function open(headers: Record<string, string | number>): ClientRequest {
  return request(`${web.url}/v1/uploads`, {
    method: "POST",
    agent: false,
    headers: { authorization: `Bearer ${agent.apiKey}`, "content-type": "application/zip", ...headers },
  });
}

/** What was answered, and whether the server asked for the body. */
function send(headers: Record<string, string | number>, write: (request: ClientRequest) => void) {
  return new Promise<{ status: number; wasToldToGoOn: boolean }>((resolve, reject) => {
    const sent = open(headers);
    let wasToldToGoOn = false;
    sent.once("continue", () => {
      wasToldToGoOn = true;
    });
    sent.once("response", (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, wasToldToGoOn });
      sent.on("error", () => {});
      sent.destroy();
    });
    sent.once("error", reject);
    sent.flushHeaders();
    write(sent);
  });
}
