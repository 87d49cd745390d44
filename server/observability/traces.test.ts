// One call is one tree of spans that a collector gets; it holds nothing that anybody said, and a collector that is away costs nothing.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDb } from "~/db/client";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import type { TracingConfig } from "~/server/config-tracing";
import { startWeb, type Web } from "~/server/http/start-web";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import type { Provider } from "~/server/providers/provider";
import { traceProvider } from "~/server/providers/trace-provider";
import type { Services } from "~/server/services";
import { callAgent } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { type OtlpStandIn, type SentSpan, startOtlp } from "~/server/testing/otlp-stand-in";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { noteStatement } from "./note-statement";
import { inRootSpan, inSpan, isTracing, noteSpan } from "./spans";
import { startTraces } from "./start-traces";
import { TracedRedis } from "./traced-redis";

const collectorKey = "a-key-for-the-collector-alone";
const prompt = "the prompt that nobody else may read";
const callersTrace = "0af7651916cd43dd8448eb211c80319c";
const callersSpan = "b7ad6b7169203331";
const recordedThere = `00-${callersTrace}-${callersSpan}-01`;
const notRecordedThere = `00-${callersTrace}-${callersSpan}-00`;

const called: HostInvocation[] = [];
let collector: OtlpStandIn;
let test: TestServices;
/** With connections as create-services.ts opens them where a collector is configured. */
let services: Services;
let closing: (() => Promise<unknown>)[];
let agent: LiveAgent;

beforeAll(async () => {
  const fake = createFakeProvider();
  const noted: Provider = {
    ...fake,
    invoke: (target, call, options) => {
      called.push(call);
      return fake.invoke(target, call, options);
    },
  };
  test = await createTestServices({ providers: createProviderRegistry([traceProvider(noted)]) });
  const open = (role: "app" | "across") =>
    openDb({ url: test.config.databaseUrl, role, connectionsMax: 5, onStatement: (said) => noteStatement(role, said) });
  const [db, across, redis] = [open("app"), open("across"), new TracedRedis(test.config.redisUrl)];
  services = { ...test, db, across, redis };
  agent = await createLiveAgent(test, await createTestTenant(test, { name: "Acme Secret Corp" }), noted);
});
afterAll(async () => {
  await Promise.all([services.db.destroy(), services.across.destroy(), services.redis.quit()]);
  await test.dispose();
});
beforeEach(async () => {
  collector = await startOtlp();
  closing = [];
  called.length = 0;
});
afterEach(async () => {
  await stopAll();
  await collector.close();
});

/** Ends what was started, the newest first: what waited is sent then. */
async function stopAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

async function start(sampler: Partial<TracingConfig["sampler"]> = {}): Promise<Web> {
  const tracing: TracingConfig = {
    collector: { url: `${collector.url}/v1/traces`, headers: { "x-collector-key": collectorKey } },
    sampler: { ratio: 1, heedsCaller: true, ...sampler },
    serviceName: null,
    resource: { "service.namespace": "tests" },
    credentials: [],
  };
  const traces = await startTraces({ tracing, environment: "test" }, { program: "web", log: test.log });
  closing.push(() => traces?.close() ?? Promise.resolve());
  const web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
  closing.push(() => web.drain());
  return web;
}

const call = (web: Web, headers: Record<string, string> = {}, path?: "/stream") =>
  callAgent(web.url, agent, { headers, body: { input: { prompt } }, ...(path ? { path } : {}) });
const requestSpans = () => collector.spans().filter(({ kind }) => kind === 2);
const parentOf = (span: SentSpan) => collector.spans().find(({ spanId }) => spanId === span.parentSpanId);

describe("one call", () => {
  it("is one tree: the caller's span, the request, and below it Redis, PostgreSQL and the runtime", async () => {
    const web = await start();
    const answer = await call(web, { traceparent: recordedThere });
    expect(answer.status).toBe(200);
    await answer.text();
    await stopAll();
    const [root, another] = requestSpans();
    expect(another).toBeUndefined();
    expect(root).toMatchObject({
      name: "POST /v1/invoke/:agentId",
      traceId: callersTrace,
      parentSpanId: callersSpan,
      service: "webhost-web",
      facts: {
        "http.route": "/v1/invoke/:agentId",
        "http.response.status_code": 200,
        "whs.trace_id": answer.headers.get("x-trace-id"),
      },
    });
    const parts = collector.spans().filter(({ traceId, spanId }) => traceId === callersTrace && spanId !== root?.spanId);
    for (const part of parts) expect(parentOf(part)?.spanId, part.name).toBe(root?.spanId);
    const names = parts.map(({ name }) => name);
    expect(names).toContain("embedded invoke");
    expect(names).toContain("SELECT api_keys");
    expect(names.some((name) => name.startsWith("redis "))).toBe(true);
    const invoked = parts.find(({ name }) => name === "embedded invoke");
    expect(invoked?.facts).toMatchObject({ "whs.runtime": "embedded", "whs.agent_id": agent.agentId });
    expect(called[0]?.metadata["traceparent"]).toBe(`00-${callersTrace}-${invoked?.spanId}-01`);
  });

  it("is one tree as well when its body comes in many pieces", async () => {
    const web = await start();
    const body = JSON.stringify({ input: { prompt: prompt.repeat(12_000) } });
    expect((await callAgent(web.url, agent, { body })).status).toBe(200);
    await stopAll();
    const invoked = collector.spans().find(({ name }) => name === "embedded invoke");
    expect(invoked && parentOf(invoked)?.name).toBe("POST /v1/invoke/:agentId");
  });

  it("is written down in a trace of its own, which is linked to the call", async () => {
    const web = await start();
    await (await call(web)).text();
    await stopAll();
    const [root] = requestSpans();
    const commit = collector.spans().find(({ name }) => name === "commit call records");
    expect(commit?.traceId).not.toBe(root?.traceId);
    expect(commit?.links).toEqual([root?.traceId]);
    const below = collector.spans().filter(({ parentSpanId }) => parentSpanId === commit?.spanId);
    expect(below.map(({ name }) => name)).toEqual(["SELECT"]);
  });

  it("as a stream lasts until its last event", async () => {
    const web = await start();
    expect(await (await call(web, {}, "/stream")).text()).toContain("event: done");
    await stopAll();
    const stream = collector.spans().find(({ name }) => name === "embedded stream");
    expect(stream && parentOf(stream)?.name).toBe("POST /v1/invoke/:agentId/stream");
  });

  it("keeps the parents of calls at the same time apart", async () => {
    const web = await start();
    await Promise.all(Array.from({ length: 12 }, async () => (await call(web)).text()));
    await stopAll();
    expect(new Set(requestSpans().map(({ traceId }) => traceId)).size).toBe(12);
    const invoked = collector.spans().filter(({ name }) => name === "embedded invoke");
    expect(new Set(invoked.map((span) => parentOf(span)?.spanId)).size).toBe(12);
  });

  it("leaves a traceparent that the caller wrote into the call itself as it is", async () => {
    const web = await start();
    const body = { input: { prompt }, metadata: { traceparent: recordedThere } };
    await (await callAgent(web.url, agent, { body })).text();
    expect(called[0]?.metadata["traceparent"]).toBe(recordedThere);
  });
});

describe("a procedure", () => {
  it("is a span below its request, and says by what kind of error it failed", async () => {
    const web = await start();
    const answer = await fetch(`${web.url}/trpc/workspaces.mine?token=${collectorKey}`, { signal: AbortSignal.timeout(45_000) });
    expect(answer.status).toBe(401);
    await answer.text();
    await stopAll();
    const span = collector.spans().find(({ name }) => name === "trpc workspaces.mine");
    expect(span && parentOf(span)?.name).toBe("GET /trpc/*");
    expect(span).toMatchObject({ isFailed: true, facts: { "rpc.method": "workspaces.mine", "error.type": "UNAUTHENTICATED" } });
  });
});

describe("what a collector gets", () => {
  it("holds no prompt, key, name, address, query or text of a statement, and no fact beyond the list", async () => {
    const web = await start();
    await (
      await call(web, { traceparent: recordedThere, tracestate: `x=${"stranger"}`, baggage: "who=somebody", cookie: "a=biscuit" })
    ).text();
    await (await fetch(`${web.url}/no/such?query=curious`, { method: "GET" })).text();
    await (await callAgent(web.url, { ...agent, apiKey: "whs_wrong_key_of_somebody" })).text();
    await stopAll();
    expect(collector.spans().length).toBeGreaterThan(5);
    const said = collector.bodies.join("\n");
    const words = [
      prompt,
      "echo:",
      agent.apiKey,
      "wrong_key",
      "Acme",
      "example.test",
      "curious",
      "no/such",
      "stranger",
      "somebody",
    ];
    for (const word of [...words, "biscuit", "127.0.0.1", "where ", "insert into", collectorKey])
      expect(said).not.toContain(word);
    expect(collector.headers.every((headers) => headers["x-collector-key"] === collectorKey)).toBe(true);
  });

  it("leaves out what a cast let through, and the words of an error", async () => {
    await start();
    const facts = { "whs.job": "job", "user.email": "ada@example.com" } as Record<string, string>;
    const failing = inRootSpan({ name: "work", kind: "internal", facts }, () => {
      noteSpan(
        { name: "part", kind: "client", facts },
        { durationMs: 5, error: Object.assign(new Error("Key (email)=(ada)"), { code: "23505" }) },
      );
      return Promise.reject(new TypeError("ada said so"));
    });
    await expect(failing).rejects.toThrow("ada said so");
    await stopAll();
    const [part, work] = ["part", "work"].map((name) => collector.spans().find((span) => span.name === name));
    expect(part).toMatchObject({
      isFailed: true,
      facts: { "whs.job": "job", "error.type": "23505" },
      parentSpanId: work?.spanId,
    });
    expect(work).toMatchObject({ isFailed: true, facts: { "error.type": "TypeError" } });
    expect(collector.bodies.join()).not.toContain("ada");
  });
});

describe("how much is recorded", () => {
  it("is not a stranger's to force: neither by `sampled` nor by a trace id of their choice", async () => {
    const web = await start({ ratio: 0 });
    for (const traceparent of [recordedThere, "00-00000000000000000000000000000001-b7ad6b7169203331-01"]) {
      await (await call(web, { traceparent })).text();
    }
    await stopAll();
    expect(collector.spans()).toEqual([]);
    // What came is passed on as it came.
    expect(called[0]?.metadata["traceparent"]).toBe(recordedThere);
  });

  it("may be less where the caller does not record, if the sampler heeds callers", async () => {
    const heeding = await start({ heedsCaller: true });
    await (await call(heeding, { traceparent: notRecordedThere })).text();
    await stopAll();
    expect(requestSpans()).toEqual([]);
    const deaf = await start({ heedsCaller: false });
    await (await call(deaf, { traceparent: notRecordedThere })).text();
    await stopAll();
    expect(requestSpans()).toHaveLength(1);
  });

  it("is nothing without a collector: nothing is loaded, and work goes on as it is", async () => {
    const none = { ...test.config.tracing, collector: null };
    expect(await startTraces({ tracing: none, environment: "test" }, { program: "web", log: test.log })).toBeNull();
    expect(isTracing()).toBe(false);
    const answer = Promise.resolve("as it is");
    expect(inSpan({ name: "x", kind: "internal", facts: {} }, () => answer)).toBe(answer);
    expect(inRootSpan({ name: "x", kind: "internal", facts: {} }, () => answer)).toBe(answer);
  });
});

describe("a collector that is away", () => {
  it.each(["refuse", "hang"] as const)(
    "(%s) fails no call, delays none, and keeps a stop waiting no longer than its bound",
    async (how) => {
      collector.behave(how);
      const web = await start();
      const answers = await Promise.all(Array.from({ length: 20 }, async () => (await call(web)).status));
      expect(answers).toEqual(answers.map(() => 200));
      const began = performance.now();
      await stopAll();
      expect(performance.now() - began).toBeLessThan(10_000);
      expect(isTracing()).toBe(false);
    },
  );

  it("drops what goes over the bound instead of growing", async () => {
    collector.behave("hang");
    await start();
    const spans = Array.from({ length: 20_000 }, () =>
      inRootSpan({ name: "work", kind: "internal", facts: {} }, async () => undefined),
    );
    await Promise.all(spans);
    collector.behave("take");
    await stopAll();
    expect(collector.spans().length).toBeLessThanOrEqual(4_096 + 512);
  });
});
