// Calling agents through the gateway: what is passed on, how it ends, and what is written down about it.
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { plans } from "~/server/plans/plans";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { type Calling, callAgent, envelopeOf, eventsOf } from "~/server/testing/call-agent";
import { expectOnceAtMost } from "~/server/testing/expect-once-at-most";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent, type LiveAgentOptions } from "~/server/testing/live-agent";
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
const call = (agent: Pick<LiveAgent, "agentId" | "apiKey">, calling: Calling = {}) => callAgent(web.url, agent, calling);

/** The rows of calls, once everything is written down. */
async function recorded() {
  await web.drain();
  return services.owner.selectFrom("invocations").selectAll().orderBy("id").execute();
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

  it("hands a well-formed traceparent on to the agent, and no other", async () => {
    const agent = await live({ module: "export default (request) => request.metadata.traceparent ?? 'none';" });
    const sound = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const textWith = async (traceparent: string, metadata?: Record<string, string>) => {
      const body = { input: { prompt: "hello" }, ...(metadata ? { metadata } : {}) };
      return ((await (await call(agent, { headers: { traceparent }, body })).json()) as { output: { text: string } }).output.text;
    };
    expect(await textWith(sound)).toBe(sound);
    expect(await textWith(sound, { traceparent: "the caller's own word" })).toBe("the caller's own word");
    for (const bent of [sound.toUpperCase(), sound.replace("00-", "ff-"), `00-${"0".repeat(32)}-00f067aa0ba902b7-01`, "x"]) {
      expect(await textWith(bent)).toBe("none");
    }
  });

  it("records two calls under one trace id as two", async () => {
    const agent = await live();
    const headers = { "x-trace-id": newId("trace") };
    await Promise.all([call(agent, { headers }), call(agent, { headers })]);
    expect(await recorded()).toHaveLength(2);
  });

  it("that failed in words which no column can hold is recorded all the same", async () => {
    const agent = await live({ module: `export default () => { throw new Error("no\\u0000luck"); };` });
    expect((await call(agent)).status).toBe(502);
    expect(await recorded()).toMatchObject([{ outcome: "error", errorMessage: expect.stringContaining("no\ufffdluck") }]);
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

  it("that fails is charged what its agent had reported until then, and so is a whole answer that fails", async () => {
    const module = `export default async function* (request, { reportUsage }) {
      reportUsage({ tokens: 7 });
      yield "one";
      throw new Error("too late");
    }`;
    const agent = await live({ module });
    await (await call(agent, { path: "/stream" })).text();
    expect((await call(agent)).status).toBe(502);
    expect(await recorded()).toMatchObject([
      { outcome: "error", tokens: 7 },
      { outcome: "error", tokens: 7 },
    ]);
  });

  it("that fails half-way ends with an error event", async () => {
    const agent = await live({ module: `export default async function* () { yield "one"; throw new Error("no luck"); }` });
    const events = eventsOf(await (await call(agent, { path: "/stream" })).text());
    expect(events.map(({ event }) => event)).toEqual(["meta", "delta", "error"]);
    expect(events[2]?.data).toMatchObject({ error: { code: "RUNTIME_ERROR" }, traceId: expect.stringMatching(/^trc_/) });
    expect(await recorded()).toMatchObject([{ outcome: "error", errorCode: "RUNTIME_ERROR" }]);
  });

  it("is aborted upstream within 100 ms when the caller goes away", async () => {
    const agent = await live({
      module: `export default async function* (request, context) {
        context.signal.addEventListener("abort", () => globalThis.noteAbort(), { once: true });
        yield "begun";
        await new Promise((resolve) => context.signal.addEventListener("abort", resolve, { once: true }));
      }`,
    });
    await expectOnceAtMost(100, async () => {
      const abortedAt = new Promise<number>((resolve) => {
        Object.assign(globalThis, { noteAbort: () => resolve(performance.now()) });
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
      return (await abortedAt) - leftAt;
    });
    expect((await recorded())[0]).toMatchObject({ outcome: "aborted", errorCode: null });
  });
});

describe("a session that cannot be recorded", () => {
  it("fails its own stream and nothing else: the process goes on, also while the runtime is still silent", async () => {
    const faults: unknown[] = [];
    const note = (fault: unknown) => faults.push(fault);
    const others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", note);
    // Silent until what must not come has had its time.
    const silence = () => vi.waitFor(() => expect(faults).not.toEqual([]), 300).catch(() => undefined);
    const stream: FakeProvider["stream"] = async (...given) => {
      await silence();
      return provider.stream(...given);
    };
    const slow = { ...provider, stream };
    const registry = services.providers;
    const agent = await live();
    await sql`alter table agent_sessions add constraint none check (false) not valid`.execute(services.owner);
    services.providers = createProviderRegistry([slow]);
    const own = await startWeb(services, { rootDirectory: null, watchesBuild: false });
    try {
      expect((await callAgent(own.url, agent, { path: "/stream" })).status).toBe(502);
      expect(faults).toEqual([]);
    } finally {
      services.providers = registry;
      await sql`alter table agent_sessions drop constraint none`.execute(services.owner);
      process.removeAllListeners("unhandledRejection");
      for (const listener of others) process.on("unhandledRejection", listener);
      await own.drain();
    }
  });
});

describe("an agent whose runtime is gone", () => {
  it("answers its callers that this is not their doing, as JSON and as a stream", async () => {
    const agent = await live();
    const registry = services.providers;
    services.providers = createProviderRegistry([]);
    const own = await startWeb(services, { rootDirectory: null, watchesBuild: false });
    try {
      for (const calling of [{}, { path: "/stream" as const }]) {
        const answer = await callAgent(own.url, agent, calling);
        const reason = { reason: "runtime_not_offered" };
        expect([answer.status, await answer.json()]).toMatchObject([
          502,
          { error: { code: "RUNTIME_ERROR", retryable: false, details: reason } },
        ]);
      }
    } finally {
      services.providers = registry;
      await own.drain();
    }
  });
});

describe("limits", () => {
  it("lets no more calls of one agent run at once than the plan allows", async () => {
    const inside: (() => void)[] = [];
    Object.assign(globalThis, { noteInside: (end: () => void) => inside.push(end) });
    const agent = await live({ module: `export default () => new Promise((end) => globalThis.noteInside(() => end("done")));` });
    const running = Array.from({ length: plans.free.concurrencyMax }, () => call(agent));
    await expect.poll(() => inside.length).toBe(running.length);
    const refused = await call(agent);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await envelopeOf(refused)).toMatchObject({ error: { code: "RATE_LIMITED", retryable: true } });
    for (const end of inside) end();
    for (const { status } of await Promise.all(running)) expect(status).toBe(200);
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
