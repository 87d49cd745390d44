// Limits of one agent: exact for all callers and gateways together, refused before a runtime, set by owners and admins alone.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { updateAgent } from "~/server/agents/update-agent";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { proveApiKey } from "~/server/auth/prove-api-key";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { callAgent, envelopeOf } from "~/server/testing/call-agent";
import { addTestMember, createTestTenant, createTestUser, scopeOf } from "~/server/testing/factories";
import { type FurtherProcess, openFurtherProcess } from "~/server/testing/further-process";
import { createLiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { createCallRate } from "./call-rate";
import { KeyMonths } from "./key-months";

const patiently = { timeout: 30_000 };
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
  tenant = await createTestTenant(services);
});

describe("calls of one agent in a minute", () => {
  const callerWith = async (callsPerMinuteMax: number | null = null) => {
    const wish = { name: "caller", preset: "invoke" as const, expiresInDays: null };
    const key = await createApiKey(services, tenant.scope, { ...wish, ...(callsPerMinuteMax ? { callsPerMinuteMax } : {}) });
    return proveApiKey(services, key.apiKey);
  };
  const openGateways = (callsPerMinuteMax: number) => {
    const months = new KeyMonths(services);
    const rates = [createCallRate(services, months), createCallRate(services, months)] as const;
    const agent = { agentId: newId("agent"), callsPerMinuteMax };
    type Caller = Awaited<ReturnType<typeof callerWith>>;
    const passes = (at: number, caller: Caller) =>
      Promise.resolve((rates[at % 2] ?? rates[0]).count(caller, planCallsPerMinute, agent)).then(
        () => null,
        (error: unknown) => error,
      );
    return { months, rates, agent, passes };
  };

  it("are exactly as many as its limit, of racing callers at two gateways, and the refusal says whose limit it is", async () => {
    const { months, passes } = openGateways(40);
    const [one, two, three] = await Promise.all([callerWith(), callerWith(), callerWith()]);
    const outcomes = await Promise.all(
      Array.from({ length: 201 }, (_, at) => passes(at, at % 3 === 0 ? one : at % 3 === 1 ? two : three)),
    );
    expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(40);
    expect(outcomes.find((outcome) => outcome !== null)).toMatchObject({
      code: "RATE_LIMITED",
      details: { reason: "agent_rate", limit: 40, retryAfterSeconds: expect.any(Number) },
    });
    await months.drain();
  });

  it("are exactly as many where gateways take them ahead", async () => {
    const { months, passes } = openGateways(700);
    const caller = await callerWith();
    const until = async (at: number) => {
      let passed = 0;
      while ((await passes(at, caller)) === null) passed += 1;
      return passed;
    };
    const passed = await Promise.all([until(0), until(0), until(1), until(1)]);
    expect(passed.reduce((sum, part) => sum + part, 0)).toBe(700);
    await months.drain();
  });

  it("are not used up by a caller who is refused for its own sake, nor is a caller's month by the agent's refusal", async () => {
    const { months, passes } = openGateways(10);
    const [capped, free] = await Promise.all([callerWith(2), callerWith()]);
    const noisy = await Promise.all(Array.from({ length: 50 }, () => passes(0, capped)));
    expect(noisy.filter((outcome) => outcome === null)).toHaveLength(2);
    const others = await Promise.all(Array.from({ length: 50 }, () => passes(0, free)));
    expect(others.filter((outcome) => outcome === null)).toHaveLength(8);
    await months.drain();
    const counted = await services.owner.selectFrom("apiKeyMonths").select("calls").orderBy("calls").execute();
    expect(counted).toEqual([{ calls: 2 }, { calls: 8 }]);
  });

  it("are told of in the headers where fewer are left of them than of the caller's own", async () => {
    const { months, rates, agent } = openGateways(5);
    const [capped, free] = await Promise.all([callerWith(3), callerWith()]);
    expect(await rates[0].count(free, planCallsPerMinute, agent)).toMatchObject({ "ratelimit-limit": "5" });
    expect(await rates[0].count(capped, planCallsPerMinute, agent)).toMatchObject({ "ratelimit-limit": "3" });
    await months.drain();
  });
});

describe("an agent's limits", () => {
  let other: FurtherProcess;
  let webs: [Web, Web];
  let gates: (() => void)[];
  beforeEach(async () => {
    gates = [];
    Object.assign(globalThis, { limitGate: () => new Promise<void>((open) => gates.push(open)) });
    other = openFurtherProcess(services, { redis: "same" });
    const options = { rootDirectory: null, watchesBuild: false };
    webs = [await startWeb(services, options), await startWeb(other.services, options)];
  });
  afterEach(async () => {
    for (const open of gates) open();
    await Promise.all(webs.map((web) => web.drain()));
    await other.close();
  });

  const module = `export default async (request) => {
    if (request.input.messages[0].content === "wait") await globalThis.limitGate();
    return "answered";
  };`;
  const live = () => createLiveAgent(services, tenant, provider, { module });
  const say = (place: 0 | 1, agent: Awaited<ReturnType<typeof live>>, prompt = "hello") =>
    callAgent(webs[place].url, agent, { body: { input: { prompt } } });

  it("hold at every gateway as soon as they are set, before any runtime is asked, and go when they are taken away", async () => {
    const agent = await live();
    const { agentId } = agent;
    expect([(await say(0, agent)).status, (await say(1, agent)).status]).toEqual([200, 200]);
    await updateAgent(services, tenant.scope, { agentId, callsPerMinuteMax: 1 });
    await expect.poll(async () => (await say(1, agent)).headers.get("ratelimit-limit"), patiently).toBe("1");
    await expect.poll(async () => (await say(0, agent)).status, patiently).toBe(429);
    const refused = await say(0, agent);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await envelopeOf(refused)).toMatchObject({ status: 429, error: { details: { reason: "agent_rate" } } });
    await updateAgent(services, tenant.scope, { agentId, callsPerMinuteMax: null });
    await expect.poll(async () => (await say(1, agent)).status, patiently).toBe(200);
    await Promise.all(webs.map((web) => web.drain()));
    const rows = await services.owner.selectFrom("invocations").select("outcome").execute();
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(["ok"]));
  });

  it("bound what runs at once, whichever gateway takes it, beneath the plan", async () => {
    const agent = await live();
    await updateAgent(services, tenant.scope, { agentId: agent.agentId, concurrencyMax: 1 });
    const first = say(0, agent, "wait");
    await expect.poll(() => gates.length, patiently).toBe(1);
    for (const place of [0, 1] as const) {
      expect(await envelopeOf(await say(place, agent))).toMatchObject({
        status: 429,
        error: { details: { reason: "concurrency" } },
      });
    }
    gates[0]?.();
    expect((await first).status).toBe(200);
    await expect.poll(async () => (await say(1, agent)).status, patiently).toBe(200);
  });

  it("are set by owners and admins alone, and audited as what they are", async () => {
    const { agentId } = await live();
    const colleague = await createTestUser(services);
    await addTestMember(services, tenant.workspace, colleague, "member");
    const asMember = await scopeOf(services, colleague, tenant.workspace);
    await expect(updateAgent(services, asMember, { agentId, concurrencyMax: 3 })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    const changed = await updateAgent(services, tenant.scope, { agentId, callsPerMinuteMax: 30, concurrencyMax: null });
    expect(changed).toMatchObject({ callsPerMinuteMax: 30, concurrencyMax: null });
    const entry = await services.owner
      .selectFrom("auditEntries")
      .select("metadata")
      .where("action", "=", "agent.update")
      .executeTakeFirstOrThrow();
    expect(entry.metadata).toMatchObject({ callsPerMinuteMax: 30, concurrencyMax: "none" });
  });
});
