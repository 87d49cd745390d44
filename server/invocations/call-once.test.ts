// A call with an Idempotency-Key is made once: repeated it gets the first answer, sealed until then and forgotten soon (MISSION E1, G3).
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { AppError } from "~/server/errors";
import { startWeb, type Web } from "~/server/http/start-web";
import { sweepIdempotencyKeys } from "~/server/idempotency/sweep-idempotency-keys";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { type Calling, callAgent, envelopeOf, eventsOf } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { overrideLimits } from "~/server/testing/override-limits";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

/** A busy machine may take its time; what is waited for is never time itself. */
const patiently = { timeout: 30_000 };
let services: TestServices;
let provider: FakeProvider;
let web: Web;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let made: { count: number; gate: Promise<void> };

beforeAll(async () => {
  provider = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  made = { count: 0, gate: Promise.resolve() };
  Object.assign(globalThis, { madeCalls: made });
  tenant = await createTestTenant(services);
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterEach(() => web.drain());

const counting =
  "export default async () => { globalThis.madeCalls.count += 1; await globalThis.madeCalls.gate; return 'canary ' + globalThis.madeCalls.count; };";
const live = (module = counting) => createLiveAgent(services, tenant, provider, { module });
const call = (agent: Pick<LiveAgent, "agentId" | "apiKey">, key: string, calling: Calling = {}) =>
  callAgent(web.url, agent, { ...calling, headers: { ...calling.headers, "idempotency-key": key } });

describe("the same key", () => {
  it("with the same body gets the first answer, and the agent is not asked again", async () => {
    const agent = await live();
    const first = await (await call(agent, "one")).json();
    const again = await call(agent, "one");
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(await again.json()).toEqual(first);
    expect(made.count).toBe(1);
    await web.drain();
    expect(await services.owner.selectFrom("invocations").select("id").execute()).toHaveLength(1);
  });

  it("gets the first stream, byte for byte", async () => {
    const agent = await live(
      "export default async function* () { globalThis.madeCalls.count += 1; yield 'grüß '; yield 'dich'; }",
    );
    const first = await (await call(agent, "one", { path: "/stream" })).text();
    // Kept as the stream ends: a moment after its last byte.
    await expect.poll(async () => (await call(agent, "one", { path: "/stream" })).status, patiently).toBe(200);
    const again = await call(agent, "one", { path: "/stream" });
    expect([await again.text(), again.headers.get("idempotency-replayed")]).toEqual([first, "true"]);
    expect(eventsOf(first).at(-1)?.event).toBe("done");
    expect(made.count).toBe(1);
  });

  it("is counted each time against its caller's rate, before anything is looked up", async () => {
    await overrideLimits(services, tenant.workspace, { callsPerMinuteMax: 2 });
    const agent = await live();
    for (const status of [200, 200, 429]) expect((await call(agent, "one")).status).toBe(status);
    expect((await call(agent, "two", { path: "/stream" })).status).toBe(429);
    expect(made.count).toBe(1);
    expect(await services.owner.selectFrom("idempotencyKeys").select("place").execute()).toHaveLength(1);
  });

  it("tells each time what its caller's rate has left, also as a replay and where it is refused", async () => {
    const agent = await live("export default async function* () { yield 'one'; }");
    const asked: Calling[] = [{}, {}, { path: "/stream" }, { body: { input: { prompt: "another" } } }];
    const left: number[] = [];
    for (const calling of asked) left.push(Number((await call(agent, "one", calling)).headers.get("ratelimit-remaining")));
    await (await call(agent, "two", { path: "/stream" })).text();
    await expect.poll(async () => (await call(agent, "two", { path: "/stream" })).status, patiently).toBe(200);
    const replay = await call(agent, "two", { path: "/stream" });
    left.push(Number(replay.headers.get("ratelimit-remaining")));
    // What says nothing of it would be none here.
    expect(Math.min(...left)).toBeGreaterThan(0);
  });

  it("with another body, or asked for as a stream, is CONFLICT", async () => {
    const agent = await live();
    await call(agent, "one");
    for (const calling of [{ body: { input: { prompt: "other" } } }, { path: "/stream" as const }]) {
      const refused = await envelopeOf(await call(agent, "one", calling));
      expect(refused).toMatchObject({ status: 409, error: { code: "CONFLICT", details: { reason: "idempotency_key_reused" } } });
    }
  });

  it("while the first call runs is CONFLICT and worth trying again", async () => {
    let open = () => {};
    made.gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const agent = await live();
    const first = call(agent, "one");
    await expect.poll(() => made.count, patiently).toBe(1);
    const second = await call(agent, "one");
    expect(second.headers.get("retry-after")).toBe("1");
    expect(await envelopeOf(second)).toMatchObject({ error: { retryable: true, details: { reason: "idempotency_key_in_use" } } });
    open();
    const answer = await (await first).json();
    expect(await (await call(agent, "one")).json()).toEqual(answer);
  });

  it("is not made a second time while the first call runs, however long its plan lets it", async () => {
    let open = () => {};
    made.gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    await overrideLimits(services, tenant.workspace, { timeoutMsMax: 900_000 });
    const agent = await live();
    const first = call(agent, "one");
    await expect.poll(() => made.count, patiently).toBe(1);
    services.clock.advance(14 * 60_000 + 30_000);
    await sweepIdempotencyKeys(services);
    const again = await envelopeOf(await call(agent, "one"));
    expect(again.error.details).toMatchObject({ reason: "idempotency_key_in_use" });
    open();
    const answer = await (await first).json();
    services.clock.advance(12 * 60_000);
    expect(await (await call(agent, "one")).json()).toEqual(answer);
    expect(made.count).toBe(1);
  });

  it("of a caller who went away is answered with what the call came to", async () => {
    let open = () => {};
    made.gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const agent = await live();
    const leaving = new AbortController();
    const first = call(agent, "one", { signal: leaving.signal }).catch(() => null);
    await expect.poll(() => made.count, patiently).toBe(1);
    leaving.abort();
    await first;
    open();
    await expect.poll(async () => (await call(agent, "one")).status, patiently).toBe(200);
    expect(made.count).toBe(1);
  });

  it.each(["", "/stream"] as const)(
    "that no runtime was reached with is free at once%s: whoever comes again is answered by the agent",
    async (path) => {
      const agent = await live();
      const full = new AppError("RATE_LIMITED", "No room.", { details: { reason: "gateway_full", retryAfterSeconds: 1 } });
      const way = path === "" ? "invoke" : "stream";
      vi.spyOn(provider, way).mockRejectedValueOnce(full);
      const refused = await call(agent, "one", path === "" ? {} : { path });
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
      await refused.text();
      const again = await call(agent, "one", path === "" ? {} : { path });
      expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([200, null]);
      await again.text();
      expect(made.count).toBe(1);
      vi.restoreAllMocks();
    },
  );

  it("after the agent failed says the same again; after a refusal it is free", async () => {
    const agent = await live("export default () => { globalThis.madeCalls.count += 1; throw new Error('no luck'); };");
    const answers = [await call(agent, "one"), await call(agent, "one")];
    expect(answers.map(({ headers }) => headers.get("idempotency-replayed"))).toEqual([null, "true"]);
    const failures = await Promise.all(answers.map(envelopeOf));
    expect(failures.map(({ error }) => error.code)).toEqual(["RUNTIME_ERROR", "RUNTIME_ERROR"]);
    expect(made.count).toBe(1);
    const bad = { body: { input: {} } };
    expect((await call(agent, "two", bad)).status).toBe(400);
    expect((await call(agent, "two", { body: { input: { prompt: "now well" } } })).status).toBe(502);
  });

  it("of two callers, two agents and two workspaces never meet", async () => {
    const [agent, other] = [await live(), await live()];
    const foreign = await createLiveAgent(services, await createTestTenant(services), provider, { module: counting });
    for (const callee of [agent, other, foreign, { agentId: agent.agentId, apiKey: other.apiKey }]) {
      expect((await call(callee, "one")).headers.get("idempotency-replayed")).toBeNull();
    }
    expect(made.count).toBe(4);
  });
});

describe("what is kept", () => {
  it("is sealed, and gone within a quarter of an hour", async () => {
    const agent = await live();
    await call(agent, "one");
    const rows = async () => services.owner.selectFrom("idempotencyKeys").selectAll().execute();
    const [row] = await rows();
    expect(row?.sealedAnswer?.toString("latin1")).not.toContain("canary");
    expect(JSON.stringify(row)).not.toContain('one"');
    services.clock.advance(14 * 60_000);
    await sweepIdempotencyKeys(services);
    expect(await rows()).toEqual([]);
  });

  it("is nothing larger than a megabyte: then the repetition is told so, and not carried out", async () => {
    const agent = await live("export default () => { globalThis.madeCalls.count += 1; return 'x'.repeat(1_100_000); };");
    expect((await call(agent, "one")).status).toBe(200);
    const again = await envelopeOf(await call(agent, "one"));
    expect(again.error.details).toMatchObject({ reason: "idempotency_answer_not_kept" });
    expect(made.count).toBe(1);
  });
});
