// A call that is cut off before anybody could say what it used is never charged too little, and in the end what its runtime reported (MISSION E3).
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { EventWriter } from "~/server/telemetry/event-writer";
import type { EventRow } from "~/server/telemetry/telemetry.queries";
import { type Calling, callAgent } from "~/server/testing/call-agent";
import { eventRowOf } from "~/server/testing/event-row";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { overrideLimits } from "~/server/testing/override-limits";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { readBudget } from "~/server/testing/read-budget";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { settleAssumedCalls, settledAfterMs } from "./settle-assumed-calls";

const ceiling = 500;
/** For callers who leave in the middle of a call. */
const unhurried = { limits: { timeoutMs: 20_000, memoryMb: 128 } };
const hurried = { limits: { timeoutMs: 1_000, memoryMb: 128 } };
/** Says what it used to nobody but its own meter, and does not end. */
const endless = `export default async (request, context) => {
  globalThis.assumedCallBegun?.();
  await new Promise((resolve, reject) => context.signal.addEventListener("abort", () => reject(context.signal.reason)));
};`;
const halfway = `export default async function* (request, context) { yield "a"; ${endless.slice(endless.indexOf("{") + 1)}`;
const counted = `export default async (request, context) => { context.reportUsage({ tokens: 3 }); return "done"; };`;
const mixed = endless.replace(
  "globalThis",
  `if (request.input.messages.at(-1).content === "counted") { context.reportUsage({ tokens: 3 }); return "done"; }
  globalThis`,
);

const fake = createFakeProvider();
let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let web: Web;
let begun: Promise<void>;

beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([fake]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
  await overrideLimits(services, tenant.workspace, { tokensPerCallMax: ceiling });
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
  begun = new Promise((resolve) => Object.assign(globalThis, { assumedCallBegun: resolve }));
});
afterEach(() => web.drain());

const live = (module: string, manifest = unhurried) => createLiveAgent(services, tenant, fake, { module, manifest });
const budget = () => readBudget(services, tenant.workspace.id);
const rows = () =>
  services.owner
    .selectFrom("invocations")
    .select(["outcome", "tokens", "tokensAreAssumed", "traceId", "startedAt", "reachedRuntime"])
    .orderBy("tokens")
    .execute();

/** Calls and goes away once the agent is at work. */
async function leave(agent: LiveAgent, calling: Calling = {}): Promise<void> {
  const leaving = new AbortController();
  const call = callAgent(web.url, agent, { ...calling, signal: leaving.signal }).then((answer) => answer.text());
  const [, gone] = await Promise.all([
    begun.then(() => leaving.abort()),
    call.then(
      () => false,
      () => true,
    ),
  ]);
  expect(gone).toBe(true);
  await expect.poll(rows, { timeout: 30_000 }).toContainEqual(expect.objectContaining({ outcome: "aborted" }));
}

async function report(agent: LiveAgent, traceId: string, fields: Partial<EventRow> = {}): Promise<void> {
  const event = eventRowOf(agent, services.clock.now(), { traceId, llmTokens: 77, computeMs: 10, ...fields });
  await new EventWriter(services).write([event]);
}

async function settled(): Promise<void> {
  services.clock.advance(settledAfterMs + 1_000);
  await settleAssumedCalls(services, "soon");
}

/** What the budget says is what its calls add up to, and what runtimes have reported. */
async function expectExact(tokens: number): Promise<void> {
  const { spent, recounted } = await budget();
  expect([spent.tokens, spent]).toEqual([tokens, recounted]);
  const raw = await services.owner.selectFrom("telemetryEvents").select(["requests", "llmTokens"]).execute();
  const sums = { requests: 0, tokens: 0 };
  for (const event of raw) [sums.requests, sums.tokens] = [sums.requests + event.requests, sums.tokens + event.llmTokens];
  expect(sums).toEqual({ requests: spent.requests, tokens });
}

describe.each([
  ["a whole answer", endless, {}],
  ["a stream that cannot be resumed", halfway, { path: "/stream" as const }],
])("whoever leaves %s", (_of, module, calling) => {
  it("has spent what the call held, until its runtime says what it was", async () => {
    const agent = await live(module);
    await leave(agent, calling);
    const [row] = await rows();
    expect(row).toMatchObject({ tokens: ceiling, tokensAreAssumed: true, reachedRuntime: true });
    expect(await budget()).toMatchObject({ spent: { requests: 1, tokens: ceiling }, recounted: { tokens: ceiling } });
    await settled();
    expect((await budget()).spent.tokens).toBe(ceiling);
    await report(agent, row?.traceId ?? "");
    await settleAssumedCalls(services, "soon");
    expect((await rows())[0]).toMatchObject({ tokens: ceiling, tokensAreAssumed: true });
    await settled();
    expect((await rows())[0]).toMatchObject({ tokens: 77, tokensAreAssumed: false });
    await expectExact(77);
    expect(await settleAssumedCalls(services, "all")).toBe(0);
    await expectExact(77);
  });
});

it("a call that runs out of time is charged what it held, and more when its runtime reports more", async () => {
  const agent = await live(endless, hurried);
  expect((await callAgent(web.url, agent)).status).toBe(504);
  await expect.poll(rows, { timeout: 30_000 }).toMatchObject([{ outcome: "error", tokens: ceiling, tokensAreAssumed: true }]);
  const [row] = await rows();
  await report(agent, row?.traceId ?? "", { llmTokens: ceiling * 3 });
  await settled();
  await expectExact(ceiling * 3);
});

it("the report of another call under the same trace id is not taken for its own", async () => {
  const agent = await live(mixed);
  const headers = { "x-trace-id": newId("trace") };
  expect((await callAgent(web.url, agent, { headers, body: { input: { prompt: "counted" } } })).status).toBe(200);
  await leave(agent, { headers });
  const [row] = await rows();
  const traceId = row?.traceId ?? "";
  await report(agent, traceId, { llmTokens: 3 });
  await settled();
  const charged = async () => (await rows()).map(({ tokens, tokensAreAssumed }) => [tokens, tokensAreAssumed]);
  expect(await charged()).toEqual([
    [3, false],
    [ceiling, true],
  ]);
  await report(agent, traceId, { llmTokens: 900 });
  await settled();
  expect(await charged()).toEqual([
    [3, false],
    [900, false],
  ]);
  await expectExact(903);
});

it("a report that comes hours later still corrects it", async () => {
  const agent = await live(endless);
  await leave(agent);
  const [row] = await rows();
  services.clock.advance(20 * 3_600_000);
  await report(agent, row?.traceId ?? "", { occurredAt: row?.startedAt.toISOString() ?? "" });
  expect(await settleAssumedCalls(services, "soon")).toBe(0);
  expect(await settleAssumedCalls(services, "all")).toBe(1);
  await expectExact(77);
});

it("what the agent said itself, or what never reached it, is not assumed", async () => {
  const agent = await live(counted);
  expect((await callAgent(web.url, agent)).status).toBe(200);
  await fake.destroy({ deploymentId: agent.deploymentId, agentId: agent.agentId, workspaceId: agent.workspaceId });
  expect((await callAgent(web.url, agent)).status).toBe(502);
  await expect.poll(rows, { timeout: 30_000 }).toMatchObject([
    { tokens: 0, tokensAreAssumed: false, reachedRuntime: false },
    { tokens: 3, tokensAreAssumed: false, reachedRuntime: true },
  ]);
});

it("a workspace's reports say nothing of another's calls", async () => {
  const agent = await live(endless);
  await leave(agent);
  const [row] = await rows();
  const other = await createLiveAgent(services, await createTestTenant(services), fake);
  await report(other, row?.traceId ?? "");
  await settled();
  expect((await rows())[0]).toMatchObject({ tokens: ceiling, tokensAreAssumed: true });
});
