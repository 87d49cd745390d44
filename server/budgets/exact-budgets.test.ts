// Budgets are exact: what is left passes, nothing beyond it, and what is settled is what was recorded (MISSION E3, AHEAD 2).
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { type Calling, callAgent, envelopeOf } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent, type LiveAgentOptions } from "~/server/testing/live-agent";
import { overrideLimits } from "~/server/testing/override-limits";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { readBudget } from "~/server/testing/read-budget";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

/** A busy machine may take its time; what is waited for is never time itself. */
const patiently = { timeout: 30_000 };
let services: TestServices;
let provider: FakeProvider;
let web: Web;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let upstream = 0;

beforeAll(async () => {
  const fake = createFakeProvider();
  provider = {
    ...fake,
    invoke: (...given) => {
      upstream += 1;
      return fake.invoke(...given);
    },
  };
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  upstream = 0;
  tenant = await createTestTenant(services);
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
});
afterEach(() => web.drain());

const live = (options: LiveAgentOptions = {}) => createLiveAgent(services, tenant, provider, options);
const call = (agent: Pick<LiveAgent, "agentId" | "apiKey">, calling: Calling = {}) => callAgent(web.url, agent, calling);
const limit = (changes: Parameters<typeof overrideLimits>[2]) => overrideLimits(services, tenant.workspace, changes);

async function budget() {
  await web.drain();
  return readBudget(services, tenant.workspace.id);
}

const slow = `export default async () => { await new Promise((done) => setTimeout(done, 20)); return "done"; };`;

describe("requests", () => {
  it("let exactly the 10 through that are left, of 200 at once", async () => {
    await limit({ requestsMax: 10, concurrencyMax: 1_000 });
    const agent = await live({ module: slow });
    const answers = await Promise.all(Array.from({ length: 200 }, () => call(agent)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(upstream).toBe(10);
    const refused = await Promise.all(answers.filter(({ status }) => status !== 200).map(envelopeOf));
    for (const { status, error } of refused) {
      expect([status, error.code]).toEqual([402, "LIMIT_EXCEEDED"]);
      expect(error.details).toMatchObject({ limitType: "requests", period: "billing_period", limit: 10 });
    }
    const { spent, held, recounted, leases } = await budget();
    expect([spent, held, leases]).toEqual([recounted, { requests: 0, computeMs: 0, tokens: 0 }, 0]);
  });

  it("say what is used up once it is, and that waiting does not help", async () => {
    await limit({ requestsMax: 1 });
    const agent = await live();
    expect((await call(agent)).status).toBe(200);
    await expect
      .poll(async () => (await envelopeOf(await call(agent))).error, patiently)
      .toMatchObject({ retryable: false, details: { limitType: "requests", current: 1, limit: 1 } });
  });

  it("are not used up by calls that were refused for another reason", async () => {
    await limit({ requestsMax: 2 });
    const agent = await live();
    const bad = { input: { prompt: "a" }, sessionId: "ses_01ARZ3NDEKTSV4RRFFQ69G5FAV" };
    expect((await call(agent, { body: bad })).status).toBe(404);
    expect((await call(agent)).status).toBe(200);
    expect((await call(agent)).status).toBe(200);
    expect(await services.owner.selectFrom("agentSessions").select("id").execute()).toHaveLength(2);
  });

  it("of another workspace are its own", async () => {
    await limit({ requestsMax: 1 });
    const [agent, other] = [
      await live(),
      await createLiveAgent(services, await createTestTenant(services), provider, { module: slow }),
    ];
    await call(agent);
    expect((await call(agent)).status).toBe(402);
    expect((await call(other)).status).toBe(200);
  });
});

describe("compute and tokens", () => {
  it("hold a call's whole time limit, and only what it took in the end", async () => {
    const manifest = { limits: { timeoutMs: 20_000, memoryMb: 128 } };
    await limit({ computeMsMax: 50_000, concurrencyMax: 1_000 });
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    Object.assign(globalThis, { budgetGate: gate });
    const agent = await live({ module: "export default async () => { await globalThis.budgetGate; return 'done'; };", manifest });
    let refusals = 0;
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const answer = await call(agent);
        if (answer.status !== 200) refusals += 1;
        if (refusals === 18) open();
        return answer;
      }),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    const refused = await Promise.all(answers.filter(({ status }) => status !== 200).map(envelopeOf));
    expect(refused[0]?.error).toMatchObject({ retryable: true, details: { limitType: "compute_ms", reserved: 40_000 } });
    await expect.poll(async () => (await call(agent)).status, patiently).toBe(200);
    const { spent, held, recounted } = await budget();
    expect(spent).toEqual(recounted);
    expect(spent.computeMs).toBeLessThan(20_000);
    expect(held).toEqual({ requests: 0, computeMs: 0, tokens: 0 });
  });

  it("record what an agent reports above its reservation, and block the next call", async () => {
    await limit({ tokensMax: 1_000, tokensPerCallMax: 100 });
    const agent = await live({
      module: `export default (r, context) => { context.reportUsage({ tokens: 5_000 }); return "x"; };`,
    });
    expect((await call(agent)).status).toBe(200);
    await expect
      .poll(async () => (await envelopeOf(await call(agent))).error, patiently)
      .toMatchObject({ code: "LIMIT_EXCEEDED", details: { limitType: "tokens", current: 5_000, limit: 1_000 } });
  });

  it("count a stream's tokens as its usage event says", async () => {
    const module = `export default async function* (r, context) { yield "event: usage\\n"; context.reportUsage({ tokens: 77 }); yield "x"; }`;
    const agent = await live({ module });
    await (await call(agent, { path: "/stream" })).text();
    expect(await budget()).toMatchObject({ spent: { requests: 1, tokens: 77 }, recounted: { requests: 1, tokens: 77 } });
  });
});

describe("the store of budgets", () => {
  it("need not be Redis: with its memory gone, the cap stands", async () => {
    await limit({ requestsMax: 5 });
    const agent = await live();
    for (let made = 0; made < 5; made += 1) {
      expect((await call(agent)).status).toBe(200);
      await services.redis.flushdb();
    }
    expect((await call(agent)).status).toBe(402);
  });
});
