// Calling agents through the gateway: who may, what is passed on, how it ends, and what is written down about it.
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, createLiveDeployment, type LiveAgent, type LiveAgentOptions } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
let provider: FakeProvider;
let web: Web;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;

beforeAll(async () => {
  provider = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterEach(() => web.drain());

const live = (options: LiveAgentOptions = {}) => createLiveAgent(services, tenant, provider, options);

type Calling = { path?: string; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal };

function call(agent: Pick<LiveAgent, "agentId" | "apiKey">, calling: Calling = {}): Promise<Response> {
  const body = calling.body ?? { input: { prompt: "hello" } };
  return fetch(`${web.url}/v1/invoke/${agent.agentId}${calling.path ?? ""}`, {
    method: "POST",
    headers: { authorization: `Bearer ${agent.apiKey}`, "content-type": "application/json", ...calling.headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...(calling.signal ? { signal: calling.signal } : {}),
  });
}

type Envelope = { error: { code: string; message: string; retryable: boolean; details?: { reason?: string } }; traceId: string };
const envelopeOf = async (answer: Response) => ({ status: answer.status, ...((await answer.json()) as Envelope) });

/** The rows of calls, once everything is written down. */
async function recorded() {
  await web.drain();
  return services.owner.selectFrom("invocations").selectAll().orderBy("id").execute();
}

function eventsOf(text: string) {
  return text
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? "";
      return { id: Number(field("id")), event: field("event"), data: JSON.parse(field("data")) as Record<string, unknown> };
    });
}

describe("a whole answer", () => {
  it("carries text, session, usage and the trace id, and is recorded without its content", async () => {
    const agent = await live();
    const traceId = newId("trace");
    const answer = await call(agent, { headers: { "x-trace-id": traceId } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-trace-id")).toBe(traceId);
    expect(Number(answer.headers.get("ratelimit-remaining"))).toBe(Number(answer.headers.get("ratelimit-limit")) - 1);
    expect(await answer.json()).toMatchObject({
      output: { text: "echo: hello" },
      sessionId: expect.stringMatching(/^ses_/),
      usage: { tokens: 0, toolCalls: 0, computeMs: expect.any(Number) },
      traceId,
    });
    const rows = await recorded();
    expect(rows).toMatchObject([
      { traceId, agentId: agent.agentId, deploymentId: agent.deploymentId, mode: "json", outcome: "ok", errorCode: null },
    ]);
    expect(JSON.stringify(rows)).not.toContain("hello");
  });

  it("records two calls under one trace id as two", async () => {
    const agent = await live();
    const headers = { "x-trace-id": newId("trace") };
    await Promise.all([call(agent, { headers }), call(agent, { headers })]);
    expect(await recorded()).toHaveLength(2);
  });

  it("fails as RUNTIME_ERROR when the agent throws", async () => {
    const agent = await live({ module: `export default () => { throw new Error("no luck"); };` });
    const failed = await envelopeOf(await call(agent));
    expect(failed).toMatchObject({ status: 502, error: { code: "RUNTIME_ERROR", retryable: false } });
    expect(await recorded()).toMatchObject([{ outcome: "error", errorCode: "RUNTIME_ERROR", errorClass: "runtime" }]);
  });

  it("that takes longer than the manifest allows is 504 and retryable", async () => {
    const agent = await live({
      module: "export default () => new Promise(() => {});",
      manifest: { limits: { timeoutMs: 100, memoryMb: 128 } },
    });
    expect(await envelopeOf(await call(agent))).toMatchObject({ status: 504, error: { code: "RUNTIME_ERROR", retryable: true } });
  });
});

describe("a stream", () => {
  const words = `export default async function* () { yield "grüß "; yield "👩‍🚀 dich"; }`;

  it("has its events in order, each with an id, under the right headers", async () => {
    const agent = await live({ module: words });
    const answer = await call(agent, { path: "/stream" });
    expect(answer.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(answer.headers.get("x-accel-buffering")).toBe("no");
    expect(answer.headers.get("x-trace-id")).toMatch(/^trc_/);
    const events = eventsOf(await answer.text());
    expect(events.map(({ event }) => event)).toEqual(["meta", "delta", "delta", "usage", "done"]);
    expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(events[0]?.data).toMatchObject({ deploymentId: agent.deploymentId, sessionId: expect.stringMatching(/^ses_/) });
    expect(events.filter(({ event }) => event === "delta").map(({ data }) => data["text"])).toEqual(["grüß ", "👩‍🚀 dich"]);
    expect(await recorded()).toMatchObject([{ mode: "stream", outcome: "ok", firstByteMs: expect.any(Number) }]);
  });

  it("that fails before its first byte is an ordinary error answer", async () => {
    const agent = await live({ module: `export default () => { throw new Error("no luck"); };` });
    const failed = await envelopeOf(await call(agent, { path: "/stream" }));
    expect(failed).toMatchObject({ status: 502, error: { code: "RUNTIME_ERROR" } });
  });

  it("that fails half-way ends with an error event", async () => {
    const agent = await live({ module: `export default async function* () { yield "one"; throw new Error("no luck"); }` });
    const events = eventsOf(await (await call(agent, { path: "/stream" })).text());
    expect(events.map(({ event }) => event)).toEqual(["meta", "delta", "error"]);
    expect(events[2]?.data).toMatchObject({ error: { code: "RUNTIME_ERROR" }, traceId: expect.stringMatching(/^trc_/) });
    expect(await recorded()).toMatchObject([{ outcome: "error", errorCode: "RUNTIME_ERROR" }]);
  });

  it("is aborted upstream within 100 ms when the caller goes away", async () => {
    let abortedAt = 0;
    const aborted = new Promise<void>((resolve) => {
      Object.assign(globalThis, {
        noteAbort: () => {
          abortedAt = performance.now();
          resolve();
        },
      });
    });
    const agent = await live({
      module: `export default async function* (request, context) {
        context.signal.addEventListener("abort", () => globalThis.noteAbort(), { once: true });
        yield "begun";
        await new Promise((resolve) => context.signal.addEventListener("abort", resolve, { once: true }));
      }`,
    });
    const caller = httpRequest(`${web.url}/v1/invoke/${agent.agentId}/stream`, {
      method: "POST",
      headers: { authorization: `Bearer ${agent.apiKey}` },
    });
    caller.on("error", () => undefined);
    caller.end(JSON.stringify({ input: { prompt: "hello" } }));
    const [answer] = (await once(caller, "response")) as [IncomingMessage];
    await once(answer, "data");
    const leftAt = performance.now();
    answer.destroy();
    await aborted;
    expect(abortedAt - leftAt).toBeLessThan(100);
    expect(await recorded()).toMatchObject([{ outcome: "aborted", errorCode: null }]);
  });
});

describe("who may call", () => {
  it("nobody without a key, and with a cookie only from our own pages", async () => {
    const agent = await live();
    const anonymous = await fetch(`${web.url}/v1/invoke/${agent.agentId}`, { method: "POST", body: "{}" });
    expect(await envelopeOf(anonymous)).toMatchObject({ status: 401, error: { code: "UNAUTHENTICATED" } });
    const foreignPage = await fetch(`${web.url}/v1/invoke/${agent.agentId}`, {
      method: "POST",
      headers: { cookie: "whs_session=x", origin: "https://elsewhere.example" },
      body: "{}",
    });
    expect(await envelopeOf(foreignPage)).toMatchObject({ status: 403, error: { details: { reason: "cross_origin" } } });
  });

  it("gets the same answer for a foreign agent as for a missing one, but for the trace id", async () => {
    const mine = await live();
    const theirs = await createLiveAgent(services, await createTestTenant(services), provider);
    const [foreign, missing, nonsense] = await Promise.all(
      [theirs.agentId, newId("agent"), "agt_%27"].map(async (agentId) =>
        envelopeOf(await call({ agentId, apiKey: mine.apiKey })),
      ),
    );
    expect(foreign).toMatchObject({ status: 404, error: { code: "NOT_FOUND" } });
    expect({ ...foreign, traceId: "" }).toEqual({ ...missing, traceId: "" });
    expect({ ...nonsense, traceId: "" }).toEqual({ ...missing, traceId: "" });
  });

  it("not a key that may only read, and not through another workspace's header", async () => {
    const reader = await live({ preset: "read" });
    expect(await envelopeOf(await call(reader))).toMatchObject({ status: 403, error: { code: "UNAUTHORIZED" } });
    const agent = await live();
    const elsewhere = await call(agent, { headers: { "x-workspace-id": newId("workspace") } });
    expect(elsewhere.status).toBe(404);
  });

  it("a version that is not live only whoever may deploy", async () => {
    const agent = await live();
    const before = agent.deploymentId;
    await createLiveDeployment(services, tenant, agent.agentId, { provider, module: `export default () => "new";` });
    const headers = { "x-deployment-id": before };
    expect(await (await call(agent, { headers })).json()).toMatchObject({ output: { text: "echo: hello" } });
    const { apiKey } = await live({ preset: "invoke" });
    expect((await call({ agentId: agent.agentId, apiKey }, { headers })).status).toBe(403);
    const foreign = await createLiveAgent(services, await createTestTenant(services), provider);
    expect((await call(agent, { headers: { "x-deployment-id": foreign.deploymentId } })).status).toBe(404);
  });

  it("not an agent that is disabled or was never deployed", async () => {
    const agent = await live();
    await services.owner.updateTable("agents").set({ activeDeploymentId: null }).where("id", "=", agent.agentId).execute();
    expect(await envelopeOf(await call(agent))).toMatchObject({ status: 409, error: { details: { reason: "not_deployed" } } });
    const other = await live();
    await services.owner.updateTable("agents").set({ disabledAt: new Date() }).where("id", "=", other.agentId).execute();
    expect(await envelopeOf(await call(other))).toMatchObject({ status: 409, error: { details: { reason: "agent_disabled" } } });
  });

  it("notices within a second that an agent was disabled, and at once when it is told", async () => {
    const agent = await live();
    expect((await call(agent)).status).toBe(200);
    await services.owner.updateTable("agents").set({ disabledAt: new Date() }).where("id", "=", agent.agentId).execute();
    await services.redis.publish("agent-changed", agent.agentId);
    await vi.waitFor(async () => expect((await call(agent)).status).toBe(409), { timeout: 1_000, interval: 20 });
  });
});

describe("a request", () => {
  const bad: Record<string, [unknown, number]> = {
    "that is not JSON": ["{", 400],
    "without input": [{}, 400],
    "with both prompt and messages": [{ input: { prompt: "a", messages: [{ role: "user", content: "b" }] } }, 400],
    "with a role nobody has": [{ input: { messages: [{ role: "root", content: "b" }] } }, 400],
    "with an unknown key": [{ input: { prompt: "a" }, userId: "usr_1" }, 400],
    "with 201 messages": [{ input: { messages: Array.from({ length: 201 }, () => ({ role: "user", content: "b" })) } }, 400],
    "over its cap": [JSON.stringify({ input: { prompt: "a" } }).padEnd(1024 * 1024 + 1), 413],
    "with somebody's session": [{ input: { prompt: "a" }, sessionId: "ses_01ARZ3NDEKTSV4RRFFQ69G5FAV" }, 404],
  };
  for (const [name, [body, status]] of Object.entries(bad)) {
    it(`${name} is refused in the envelope, before any provider is asked`, async () => {
      const agent = await live();
      const refused = await envelopeOf(await call(agent, { body }));
      expect(refused.status).toBe(status);
      expect(refused.traceId).toMatch(/^trc_/);
      expect(await recorded()).toEqual([]);
    });
  }

  it("says at which field it is wrong", async () => {
    const agent = await live();
    const { error } = await envelopeOf(await call(agent, { body: { input: { prompt: "a" }, options: { temperature: 9 } } }));
    expect(error.details).toMatchObject({ issues: [{ path: "options.temperature" }] });
  });
});

describe("a session", () => {
  const counter = `export default async (request, context) => {
    const count = ((await context.session.get("count")) ?? 0) + 1;
    await context.session.set("count", count);
    return context.agent.version + "/" + count;
  };`;
  const textOf = async (answer: Response) => ((await answer.json()) as { output: { text: string } }).output.text;

  it("goes on where it was, for its own caller only", async () => {
    const agent = await live({ module: counter });
    const { sessionId } = (await (await call(agent)).json()) as { sessionId: string };
    const body = { input: { prompt: "again" }, sessionId };
    expect(await textOf(await call(agent, { body }))).toBe("1/2");
    const { apiKey } = await live();
    const stranger = await envelopeOf(await call({ agentId: agent.agentId, apiKey }, { body }));
    const missing = await envelopeOf(await call(agent, { body: { ...body, sessionId: newId("agentSession") } }));
    expect(stranger.status).toBe(404);
    expect({ ...stranger, traceId: "" }).toEqual({ ...missing, traceId: "" });
  });

  it("stays on its deployment, unless the new one's manifest lets it move", async () => {
    const agent = await live({ module: counter });
    const { sessionId } = (await (await call(agent)).json()) as { sessionId: string };
    const again = () => call(agent, { body: { input: { prompt: "again" }, sessionId } }).then(textOf);
    await createLiveDeployment(services, tenant, agent.agentId, { provider, module: counter });
    await services.redis.publish("agent-changed", agent.agentId);
    await vi.waitFor(async () => expect(await textOf(await call(agent))).toMatch(/^2/), { timeout: 1_000, interval: 20 });
    expect(await again()).toMatch(/^1/);
    const manifest = { sessions: { onDeploy: "move", whileBusy: "queue" } };
    const newest = await createLiveDeployment(services, tenant, agent.agentId, { provider, module: counter, manifest });
    await services.redis.publish("agent-changed", agent.agentId);
    await vi.waitFor(async () => expect(await again()).toMatch(/^3/), { timeout: 1_000, interval: 20 });
    await web.drain();
    const row = await services.owner.selectFrom("agentSessions").select("deploymentId").where("id", "=", sessionId).execute();
    expect(row).toEqual([{ deploymentId: newest }]);
  });
});

describe("limits", () => {
  it("lets no more calls of one agent run at once than the plan allows", async () => {
    const agent = await live({
      module: `export default (request, context) => new Promise((resolve) => {
        context.signal.addEventListener("abort", () => resolve("cut"), { once: true });
      });`,
    });
    const leave = new AbortController();
    const running = Array.from({ length: 20 }, () => call(agent, { signal: leave.signal }).catch(() => null));
    const refused = await vi.waitFor(async () => {
      const answer = await call(agent, { signal: AbortSignal.timeout(200) });
      expect(answer.status).toBe(429);
      return answer;
    }, 2_000);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await envelopeOf(refused)).toMatchObject({ error: { code: "RATE_LIMITED", retryable: true } });
    leave.abort();
    await Promise.all(running);
  });

  it("keeps a caller's connection alive and its answer whole when bytes come one by one", async () => {
    const agent = await live();
    const body = Buffer.from(JSON.stringify({ input: { prompt: "grüß 👩‍🚀" } }));
    const answer = await new Promise<string>((resolve, reject) => {
      const request = httpRequest(`${web.url}/v1/invoke/${agent.agentId}`, {
        method: "POST",
        headers: { authorization: `Bearer ${agent.apiKey}`, "content-length": body.length },
      });
      request.on("error", reject);
      request.on("response", (response) => {
        response.setEncoding("utf8");
        let text = "";
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve(text));
      });
      for (const byte of body) request.write(Buffer.from([byte]));
      request.end();
    });
    expect(JSON.parse(answer)).toMatchObject({ output: { text: "echo: grüß 👩‍🚀" } });
  });
});
