// What smuggles, splits or starves a request is refused at the socket, and the connection with it: raw bytes against the real listener.
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
let web: Web;
let agent: LiveAgent;
let asked = 0;
beforeAll(async () => {
  const fake = createFakeProvider();
  const provider = {
    ...fake,
    invoke: (...given: Parameters<typeof fake.invoke>) => {
      asked += 1;
      return fake.invoke(...given);
    },
  };
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
  agent = await createLiveAgent(services, await createTestTenant(services), provider);
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterAll(async () => {
  await web.drain();
  await services.dispose();
});
beforeEach(() => {
  asked = 0;
});

const body = '{"input":{"prompt":"hello"}}';

/** Everything that came back until the other side closed. */
async function talk(...pieces: string[]): Promise<string> {
  const socket = connect(Number(new URL(web.url).port), "127.0.0.1");
  let heard = "";
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    heard += text;
  });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  for (const piece of pieces) socket.write(piece, "latin1");
  await once(socket, "close");
  return heard;
}

const head = (...more: string[]) =>
  [`POST /v1/invoke/${agent.agentId} HTTP/1.1`, "Host: x", `Authorization: Bearer ${agent.apiKey}`, ...more, "", ""].join("\r\n");
const smuggled = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
const answersIn = (heard: string) => [...heard.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => status);

describe("a request that two servers could read in two ways", () => {
  const forms: Record<string, () => string> = {
    "with both lengths": () => `${head("Content-Length: 4", "Transfer-Encoding: chunked")}0\r\n\r\n${smuggled}`,
    "with two lengths": () => `${head("Content-Length: 28", "Content-Length: 0")}${body}${smuggled}`,
    "with a list of lengths": () => `${head("Content-Length: 28, 28")}${body}${smuggled}`,
    "with a signed length": () => `${head("Content-Length: +28")}${body}${smuggled}`,
    "with chunked that is not last": () => `${head("Transfer-Encoding: chunked, identity")}0\r\n\r\n${smuggled}`,
    "with a chunk size of words": () => `${head("Transfer-Encoding: chunked")}1c_\r\n${body}\r\n0\r\n\r\n${smuggled}`,
    "with a chunk size beyond numbers": () =>
      `${head("Transfer-Encoding: chunked")}fffffffffffffffff\r\n${body}\r\n0\r\n\r\n${smuggled}`,
    "with a negative chunk size": () => `${head("Transfer-Encoding: chunked")}-1c\r\n${body}\r\n0\r\n\r\n${smuggled}`,
    "with a chunk longer than it says": () => `${head("Transfer-Encoding: chunked")}5\r\n${body}\r\n0\r\n\r\n${smuggled}`,
    "with a space before the colon": () => `${head("Content-Length : 28")}${body}${smuggled}`,
    "with a folded header": () => `${head("X-A: b\r\n Content-Length: 28")}${body}${smuggled}`,
    "with a bare carriage return in a header": () => `${head("X-A: b\rTransfer-Encoding: chunked")}${body}${smuggled}`,
    "with a NUL in a header": () => `${head("X-A: b\0c", "Content-Length: 28")}${body}${smuggled}`,
  };
  for (const [name, form] of Object.entries(forms)) {
    it(`${name} is refused, its connection is closed, and nothing behind it is answered`, async () => {
      expect(answersIn(await talk(form()))).toEqual(["400"]);
      expect(asked).toBe(0);
    });
  }

  it("without any of that is one call, whatever its chunks", async () => {
    const chunks = [...body].map((letter) => `1\r\n${letter}\r\n`);
    const heard = await talk(head("Transfer-Encoding: chunked", "Connection: close"), ...chunks, "0\r\n\r\n");
    expect(answersIn(heard)).toEqual(["200"]);
    expect(asked).toBe(1);
  });
});

describe("what callers put into headers", () => {
  it("never becomes a header of the answer", async () => {
    const heard = await talk(
      `${head("x-trace-id: trc_1%0d%0aset-cookie: a=b", "Idempotency-Key: a%0d%0ab: c", "Content-Length: 28", "Connection: close")}${body}`,
    );
    expect(heard).not.toMatch(/set-cookie|^b: c/im);
    expect(answersIn(heard)).toEqual(["200"]);
  });

  it("larger than 16 KiB is refused", async () => {
    expect(answersIn(await talk(head(`X-A: ${"a".repeat(20_000)}`)))).toEqual(["431"]);
  });
});
