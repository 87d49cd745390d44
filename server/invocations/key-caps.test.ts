// Caps of keys, by the minute and by the month: exact under racing, told truthfully, and still there when Redis was lost.
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { proveApiKey } from "~/server/auth/prove-api-key";
import { startWeb } from "~/server/http/start-web";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { callAgent, envelopeOf } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { createCallRate } from "./call-rate";
import { KeyMonths } from "./key-months";

const start = new Date("2026-11-22T10:00:00Z");
const planCallsPerMinute = 12_000;
const provider = createFakeProvider();

let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  services.clock.set(start);
  tenant = await createTestTenant(services);
});

type Caps = { callsPerMinuteMax?: number; callsPerMonthMax?: number };

async function keyWith(caps: Caps) {
  const key = await createApiKey(services, tenant.scope, { name: "capped", preset: "invoke", expiresInDays: null, ...caps });
  return { ...key, principal: await proveApiKey(services, key.apiKey) };
}

/** One gateway of several: they share Redis and PostgreSQL and nothing else. */
function openGateway(redis: Redis = services.redis) {
  const months = new KeyMonths(services);
  return { months, rate: createCallRate({ clock: services.clock, redis }, months) };
}

type Gate = ReturnType<typeof openGateway>;

/** How many of `number` calls at the same moment pass, and the first refusal. */
async function race(gates: Gate[], principal: Parameters<Gate["rate"]["count"]>[0], number: number) {
  const outcomes = await Promise.allSettled(
    Array.from({ length: number }, (_, place) => gates[place % gates.length]?.rate.count(principal, planCallsPerMinute)),
  );
  const refused = outcomes.find((outcome) => outcome.status === "rejected");
  return { passed: outcomes.filter((outcome) => outcome.status === "fulfilled").length, error: refused?.reason };
}

async function durableCalls() {
  return services.owner.selectFrom("apiKeyMonths").select(["month", "calls"]).orderBy("month").execute();
}

describe("a cap per month", () => {
  it("lets exactly ten of two hundred racing calls of two gateways through, and says what was used up", async () => {
    const { principal } = await keyWith({ callsPerMonthMax: 10 });
    const gates = [openGateway(), openGateway()];
    const { passed, error } = await race(gates, principal, 200);
    expect(passed).toBe(10);
    expect(error).toMatchObject({
      code: "LIMIT_EXCEEDED",
      details: { limitType: "key_calls_per_month", period: "2026-11", current: 10, limit: 10 },
    });
    await Promise.all(gates.map((gate) => gate.months.drain()));
    expect(await durableCalls()).toEqual([{ month: "2026-11", calls: 10 }]);
  });

  it("holds after Redis has lost everything: it begins again with what PostgreSQL has counted", async () => {
    const { principal } = await keyWith({ callsPerMonthMax: 10 });
    const gates = [openGateway(), openGateway()];
    expect((await race(gates, principal, 6)).passed).toBe(6);
    await Promise.all(gates.map((gate) => gate.months.drain()));
    await services.redis.flushdb();
    expect((await race(gates, principal, 50)).passed).toBe(4);
    await services.redis.flushdb();
    await Promise.all(gates.map((gate) => gate.months.drain()));
    expect((await race(gates, principal, 50)).passed).toBe(0);
  });

  it("holds in each process while Redis is away", async () => {
    const { principal } = await keyWith({ callsPerMonthMax: 10 });
    const away = new Redis({ host: "127.0.0.1", port: 1, lazyConnect: true, retryStrategy: () => null });
    away.on("error", () => undefined);
    expect((await race([openGateway(away)], principal, 50)).passed).toBe(10);
    away.disconnect();
  });

  it("begins anew with the next UTC month", async () => {
    const { principal } = await keyWith({ callsPerMonthMax: 2 });
    const gate = openGateway();
    services.clock.set(new Date("2026-11-30T23:59:59Z"));
    expect((await race([gate], principal, 5)).passed).toBe(2);
    services.clock.set(new Date("2026-12-01T00:00:00Z"));
    expect((await race([gate], principal, 5)).passed).toBe(2);
    await gate.months.drain();
    expect(await durableCalls()).toEqual([
      { month: "2026-11", calls: 2 },
      { month: "2026-12", calls: 2 },
    ]);
  });

  it("costs Redis one command and PostgreSQL nothing while it is warm", async () => {
    const { principal } = await keyWith({ callsPerMonthMax: 1_000 });
    let reads = 0;
    const across = services.across.withPlugin({
      transformQuery: (query) => {
        reads += 1;
        return query.node;
      },
      transformResult: async (answer) => answer.result,
    });
    const months = new KeyMonths({ across, log: services.log });
    const rate = createCallRate({ clock: services.clock, redis: services.redis }, months);
    await rate.count(principal, planCallsPerMinute);
    await months.drain();
    reads = 0;
    let commands = 0;
    const send = services.redis.sendCommand.bind(services.redis);
    services.redis.sendCommand = (...given) => {
      commands += 1;
      return send(...given);
    };
    await rate.count(principal, planCallsPerMinute);
    services.redis.sendCommand = send;
    expect([commands, reads]).toEqual([1, 0]);
    await months.drain();
  });
});

describe("a cap per minute", () => {
  it("is the key's own when that is lower than the plan's, and a call it refuses counts in no month", async () => {
    const { principal } = await keyWith({ callsPerMinuteMax: 5, callsPerMonthMax: 100 });
    const gate = openGateway();
    const { passed, error } = await race([gate], principal, 20);
    expect(passed).toBe(5);
    expect(error).toMatchObject({ code: "RATE_LIMITED", details: { limit: 5 } });
    expect(error.details.retryAfterSeconds).toBeGreaterThan(50);
    await gate.months.drain();
    expect(await durableCalls()).toEqual([{ month: "2026-11", calls: 5 }]);
  });
});

describe("at the door", () => {
  it("a call over the cap is refused before any provider, with the headers that say so", async () => {
    const agent = await createLiveAgent(services, tenant, provider);
    const { apiKey } = await keyWith({ callsPerMinuteMax: 2 });
    const monthly = await keyWith({ callsPerMonthMax: 1 });
    const web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
    const first = await callAgent(web.url, { agentId: agent.agentId, apiKey });
    expect([first.status, first.headers.get("ratelimit-limit"), first.headers.get("ratelimit-remaining")]).toEqual([
      200,
      "2",
      "1",
    ]);
    await callAgent(web.url, { agentId: agent.agentId, apiKey });
    const refused = await callAgent(web.url, { agentId: agent.agentId, apiKey });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("ratelimit-remaining")).toBe("0");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.headers.get("retry-after")).toBe(refused.headers.get("ratelimit-reset"));
    const calls = [1, 2].map(() => callAgent(web.url, { agentId: agent.agentId, apiKey: monthly.apiKey }));
    const answers = await Promise.all((await Promise.all(calls)).map(envelopeOf));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 402]);
    await web.drain();
    expect(await services.owner.selectFrom("invocations").select("id").execute()).toHaveLength(3);
  });
});
