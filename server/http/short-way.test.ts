// The short way of calls answers exactly as the long way does, and takes nothing but what it knows.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { proveApiKey } from "~/server/auth/prove-api-key";
import { newId } from "~/server/ids";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { type OpenDoors, openDoors } from "~/server/testing/open-doors";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { openShortWay } from "./short-way";

const limit = AbortSignal.timeout.bind(null, 45_000);
let services: TestServices;
let provider: FakeProvider;
let doors: OpenDoors;
let url: string;
let agent: LiveAgent;

beforeAll(async () => {
  provider = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
  doors = await openDoors(services, null);
  url = await doors.app.listen({ host: "127.0.0.1", port: 0 });
  agent = await createLiveAgent(services, await createTestTenant(services), provider);
});
afterAll(async () => {
  await doors.close();
  await services.dispose();
});
afterEach(() => void vi.useRealTimers());

type Asked = { agentId?: string; apiKey?: string; headers?: Record<string, string>; body?: string };

/** A key that was used within a second goes the short way; another content type goes the long way with the same bytes. */
async function ask({ agentId, apiKey, headers, body }: Asked, contentType: string): Promise<Response> {
  await proveApiKey(services, apiKey ?? agent.apiKey).catch(() => undefined);
  return fetch(`${url}/v1/invoke/${agentId ?? agent.agentId}`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey ?? agent.apiKey}`, "content-type": contentType, ...headers },
    body: body ?? JSON.stringify({ input: { prompt: "hello" } }),
    signal: limit(),
  });
}

/** All that an answer says, but for what is another one's in each. */
async function saidBy(answer: Response) {
  const said = Object.fromEntries(answer.headers);
  for (const own of ["date", "x-trace-id", "ratelimit-remaining", "ratelimit-reset", "content-length"]) {
    if (own in said) said[own] = "there";
  }
  const body = JSON.stringify(await answer.json()).replaceAll(/(trc|ses)_[0-9A-Z]{26}/g, "$1_");
  return { status: answer.status, headers: said, body: body.replace(/"computeMs":\d+/, "") };
}

describe("the short way answers as the long way does", () => {
  const failing = `export default () => { throw new Error("It broke."); };`;
  const cases: Record<string, () => Promise<Asked> | Asked> = {
    "a call that goes well": () => ({}),
    "an agent that fails": async () => {
      const { agentId, apiKey } = await createLiveAgent(services, await createTestTenant(services), provider, {
        module: failing,
      });
      return { agentId, apiKey };
    },
    "what is no JSON": () => ({ body: "{" }),
    "what is no UTF-8": () => ({ body: Buffer.from([0x22, 0xff, 0x22]).toString("latin1") }),
    "an unknown field": () => ({ body: JSON.stringify({ input: { prompt: "hello" }, userId: "usr_1" }) }),
    "a missing agent": () => ({ agentId: newId("agent") }),
    "somebody else's agent": async () => ({
      agentId: (await createLiveAgent(services, await createTestTenant(services), provider)).agentId,
    }),
    "somebody else's workspace": () => ({ headers: { "x-workspace-id": newId("workspace") } }),
    "a version that is not there": () => ({ headers: { "x-deployment-id": newId("deployment") } }),
    "a session that is not there": () => ({
      body: JSON.stringify({ input: { prompt: "hello" }, sessionId: newId("agentSession") }),
    }),
    "a key that is none": () => ({ apiKey: "whs_none" }),
    "a key that may not call": async () => ({
      apiKey: (await createLiveAgent(services, await createTestTenant(services), provider, { preset: "read" })).apiKey,
    }),
    "a key of a disabled workspace": async () => {
      const other = await createLiveAgent(services, await createTestTenant(services), provider);
      await services.owner
        .updateTable("workspaces")
        .set({ disabledAt: new Date() })
        .where("id", "=", other.workspaceId)
        .execute();
      return { agentId: other.agentId, apiKey: other.apiKey };
    },
  };

  it.each(Object.keys(cases))("%s", async (name) => {
    const asked = (await cases[name]?.()) ?? {};
    const long = await saidBy(await ask(asked, "application/octet-stream"));
    const short = await saidBy(await ask(asked, "application/json"));
    expect(short).toEqual(long);
    expect(short.headers["content-security-policy"]).toContain("default-src 'none'");
  });

  it("a trace id is the caller's own", async () => {
    const traceId = newId("trace");
    const answer = await ask({ headers: { "x-trace-id": traceId } }, "application/json");
    expect([answer.headers.get("x-trace-id"), ((await answer.json()) as { traceId: string }).traceId]).toEqual([
      traceId,
      traceId,
    ]);
  });
});

describe("the short way takes", () => {
  let server: Server;
  let place: string;
  let taken: boolean[] = [];
  beforeAll(async () => {
    const take = openShortWay(doors.door);
    server = createServer((request, response) => {
      const isTaken = take(request, response);
      taken.push(isTaken);
      if (!isTaken) response.end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    place = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  // What is known of a key grows old by this clock alone.
  beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));

  async function takes(path: string, init: RequestInit & { duplex?: "half" } = {}): Promise<boolean> {
    taken = [];
    await proveApiKey(services, agent.apiKey);
    const headers = {
      authorization: `Bearer ${agent.apiKey}`,
      "content-type": "application/json",
      ...(init.headers as Record<string, string>),
    };
    const body = init.method === "GET" ? null : (init.body ?? JSON.stringify({ input: { prompt: "hello" } }));
    const answer = await fetch(place + path, { method: "POST", signal: limit(), ...init, headers, body });
    await answer.text();
    expect(taken).toHaveLength(1);
    return taken[0] === true;
  }

  it("a call of a key that is known", async () => {
    expect(await takes(`/v1/invoke/${agent.agentId}`)).toBe(true);
  });

  it("nothing else", async () => {
    const path = `/v1/invoke/${agent.agentId}`;
    const unknown = await createLiveAgent(services, await createTestTenant(services), provider);
    const others: [string, (RequestInit & { duplex?: "half" })?][] = [
      [`${path}/stream`],
      [`${path}?query=1`],
      [`${path}/`],
      ["/v1/invoke/agt_lower"],
      [`/v1/delegated/invoke/${agent.agentId}`],
      [path, { method: "GET" }],
      [path, { body: "" }],
      [path, { body: " ".repeat(1024 * 1024 + 1) }],
      [path, { body: new Blob(["{}"]).stream(), duplex: "half" }],
      [path, { headers: { authorization: `Bearer ${unknown.apiKey}` } }],
      [path, { headers: { "idempotency-key": "once" } }],
      [path, { headers: { "content-type": "application/octet-stream" } }],
      [path, { headers: { "x-whs-signature": "v1=" } }],
      [path, { headers: { "x-whs-key-id": newId("apiKey") } }],
    ];
    for (const [where, init] of others) expect(await takes(where, init), JSON.stringify([where, init])).toBe(false);
  });

  it("nothing that came in the clear where HTTPS is demanded, and what a trusted proxy had encrypted", async () => {
    const config = { ...services.config, isProduction: true, trustedProxy: ["127.0.0.1"] };
    const take = openShortWay({ ...doors.door, services: { ...services, config } });
    const strict = createServer((request, response) => void (take(request, response) || response.end("long")));
    await new Promise<void>((resolve) => strict.listen(0, "127.0.0.1", resolve));
    const saidTo = async (headers: Record<string, string>) => {
      await proveApiKey(services, agent.apiKey);
      const there = `http://127.0.0.1:${(strict.address() as AddressInfo).port}/v1/invoke/${agent.agentId}`;
      const all = { authorization: `Bearer ${agent.apiKey}`, "content-type": "application/json", ...headers };
      const answer = await fetch(there, {
        method: "POST",
        headers: all,
        body: JSON.stringify({ input: { prompt: "hello" } }),
        signal: limit(),
      });
      return [await answer.text(), answer.headers.get("strict-transport-security")];
    };
    expect(await saidTo({})).toEqual(["long", null]);
    expect(await saidTo({ "x-forwarded-proto": "http" })).toEqual(["long", null]);
    const [text, transport] = await saidTo({ "x-forwarded-proto": "https" });
    expect(text).toContain("echo: hello");
    expect(transport).toContain("max-age=63072000");
    await new Promise((resolve) => strict.close(resolve));
  });
});

it("a body that does not come is cut off on the short way as well", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  await proveApiKey(services, agent.apiKey);
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let heard = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    heard += text;
  });
  const closed = once(socket, "close");
  const head = [`POST /v1/invoke/${agent.agentId} HTTP/1.1`, "Host: x", `Authorization: Bearer ${agent.apiKey}`];
  const more = ["Content-Type: application/json", "Content-Length: 100", "Expect: 100-continue", "", "{"];
  socket.write([...head, ...more].join("\r\n"));
  while (!heard.includes("100 Continue") && !socket.closed) await new Promise((resolve) => setImmediate(resolve));
  vi.advanceTimersByTime(30_001);
  vi.useRealTimers();
  await closed;
  expect(heard).toContain("HTTP/1.1 408 ");
  expect(heard).toContain("The body did not arrive within 30 seconds.");
  expect(heard).toContain("x-content-type-options: nosniff");
});
