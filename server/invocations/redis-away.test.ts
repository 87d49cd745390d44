// A gateway that has lost Redis goes on answering: budgets stay exact beside gateways that have it, and its other caps hold for itself (MISSION E2, E3).
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { callAgent, envelopeOf } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { type FurtherProcess, openFurtherProcess } from "~/server/testing/further-process";
import { createLiveAgent } from "~/server/testing/live-agent";
import { overrideLimits } from "~/server/testing/override-limits";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { readBudget } from "~/server/testing/read-budget";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
let provider: FakeProvider;
let cutOff: FurtherProcess;
/** One that has Redis, and one that has not. */
let webs: [Web, Web];
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let gates: (() => void)[];
beforeAll(async () => {
  provider = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  gates = [];
  Object.assign(globalThis, { awayGate: () => new Promise<void>((open) => gates.push(open)) });
  tenant = await createTestTenant(services);
  cutOff = openFurtherProcess(services, { redis: "away" });
  webs = [
    await startWeb(services, { rootDirectory: null, watchesBuild: false }),
    await startWeb(cutOff.services, { rootDirectory: null, watchesBuild: false }),
  ];
});
afterEach(async () => {
  for (const open of gates) open();
  await Promise.all(webs.map((web) => web.drain()));
  await cutOff.close();
});

const limit = (changes: Parameters<typeof overrideLimits>[2]) => overrideLimits(services, tenant.workspace, changes);

it("of sixty calls with ten left, at a gateway with Redis and one without, exactly ten pass", async () => {
  await limit({ requestsMax: 10, concurrencyMax: 1_000 });
  const agent = await createLiveAgent(services, tenant, provider);
  const answers = await Promise.all(Array.from({ length: 60 }, (_, nth) => callAgent(webs[nth % 2 === 0 ? 0 : 1].url, agent)));
  const statuses = answers.map(({ status }) => status);
  expect([statuses.filter((status) => status === 200).length, statuses.filter((status) => status === 402).length]).toEqual([
    10, 50,
  ]);
  await Promise.all(webs.map((web) => web.drain()));
  const { spent, recounted, held } = await readBudget(services, tenant.workspace.id);
  expect([spent.requests, recounted.requests, held.requests]).toEqual([10, 10, 0]);
});

it("it lets no more of an agent run at once than the plan does", async () => {
  await limit({ concurrencyMax: 2 });
  const module = `export default async () => { await globalThis.awayGate(); return "done"; };`;
  const agent = await createLiveAgent(services, tenant, provider, { module });
  const running = Promise.all([callAgent(webs[1].url, agent), callAgent(webs[1].url, agent)]);
  await expect.poll(() => gates.length, { timeout: 30_000 }).toBe(2);
  expect(await envelopeOf(await callAgent(webs[1].url, agent))).toMatchObject({
    status: 429,
    error: { retryable: true, details: { reason: "concurrency" } },
  });
  for (const open of gates) open();
  expect((await running).map(({ status }) => status)).toEqual([200, 200]);
});

it("it keeps to the calls of a minute", async () => {
  await limit({ callsPerMinuteMax: 5 });
  const agent = await createLiveAgent(services, tenant, provider);
  const answers = await Promise.all(Array.from({ length: 20 }, () => callAgent(webs[1].url, agent)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(15);
  for (const { headers } of refused) expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
});

for (const [whileBusy, later, first] of [
  ["reject", 409, 200],
  ["queue", 200, 200],
  ["interrupt", 200, 409],
] as const) {
  it(`it keeps a session to one message at a time where the manifest says ${whileBusy}`, async () => {
    const module = `export default async () => { await globalThis.awayGate(); return "done"; };`;
    const agent = await createLiveAgent(services, tenant, provider, { module, manifest: { sessions: { whileBusy } } });
    const say = (more: object) => callAgent(webs[1].url, agent, { body: { input: { prompt: "hello" }, ...more } });
    const beginning = say({});
    await expect.poll(() => gates.length, { timeout: 30_000 }).toBe(1);
    gates[0]?.();
    const { sessionId } = (await (await beginning).json()) as { sessionId: string };
    const one = say({ sessionId });
    await expect.poll(() => gates.length, { timeout: 30_000 }).toBe(2);
    const other = say({ sessionId });
    if (whileBusy === "queue") gates[1]?.();
    if (whileBusy !== "reject") {
      await expect.poll(() => gates.length, { timeout: 30_000 }).toBe(3);
      gates[2]?.();
    }
    expect((await other).status).toBe(later);
    gates[1]?.();
    expect((await one).status).toBe(first);
  });
}
