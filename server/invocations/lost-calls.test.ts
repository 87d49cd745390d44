// What a dead gateway's calls were taken for, and when that is taken back: only by the call itself, never by another one of its trace (MISSION E3).
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { leaseMs } from "~/server/budgets/budget-ledger";
import { beginPeriodAcrossWorkspaces, leaseCallsAcrossWorkspaces } from "~/server/budgets/budgets.queries";
import { newId } from "~/server/ids";
import { periodOf } from "~/server/plans/period-of";
import { EventWriter } from "~/server/telemetry/event-writer";
import { eventRowOf } from "~/server/testing/event-row";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { wellWithinMonth } from "~/server/testing/manual-clock";
import { readBudget } from "~/server/testing/read-budget";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { findTrace } from "./find-trace";
import { InvocationRecorder } from "./invocation-recorder";
import { settledAfterMs, settleLostLeases } from "./settle-lost-leases";

const hold = { computeMs: 1_000, tokens: 100 };
let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;
let recorder: InvocationRecorder;
beforeAll(async () => {
  services = await createTestServices({ now: wellWithinMonth() });
  recorder = new InvocationRecorder(services);
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
  agent = await createLiveAgent(services, tenant, null);
});

async function lease(waiting: number): Promise<string> {
  const [now, leaseId] = [services.clock.now(), newId("budgetLease")];
  const { from, to } = periodOf({ periodStartsAt: null, periodEndsAt: null }, now);
  const wish = { workspaceId: agent.workspaceId, periodFrom: from, hold, waiting, ahead: 0, now, leaseId };
  const caps = { requests: 100, computeMs: 1e9, tokens: 1e9 };
  await beginPeriodAcrossWorkspaces(services.across, { ...wish, periodTo: to });
  await leaseCallsAcrossWorkspaces(services.across, { ...wish, caps, expiresAt: new Date(now.getTime() + leaseMs) });
  return leaseId;
}

function record(leaseId: string, traceId: string, startedAt: Date): Promise<void> {
  const { workspaceId, agentId, deploymentId } = agent;
  return recorder.record(
    { leaseId, hold },
    {
      ...{ id: newId("invocation"), traceId, workspaceId, agentId, deploymentId, sessionId: null, startedAt },
      ...{ principal: "api_key:key_1", mode: "json", outcome: "ok", firstByteMs: 1, computeMs: 10, tokens: 2 },
      ...{ errorCode: null, errorClass: null, errorMessage: null },
    },
  );
}

it("stays charged though later calls share its trace id, and is replaced by each call that was only late", async () => {
  const [traceId, begunAt] = [newId("trace"), services.clock.now()];
  const dead = await lease(3);
  await new EventWriter(services).write([1, 2, 3].map(() => eventRowOf(agent, begunAt, { traceId })));
  services.clock.advance(leaseMs + hold.computeMs + settledAfterMs + 1);
  await settleLostLeases(services);
  const requests = async () => {
    const { spent, recounted } = await readBudget(services, agent.workspaceId);
    expect(spent).toEqual(recounted);
    return spent.requests;
  };
  expect(await requests()).toBe(3);
  const alive = await lease(2);
  await record(alive, traceId, services.clock.now());
  expect(await requests()).toBe(4);
  // The process had only slept: what it made up for is written down now, one for one.
  await record(dead, traceId, begunAt);
  expect(await requests()).toBe(4);
  await Promise.all([record(dead, traceId, begunAt), record(dead, traceId, begunAt), record(alive, traceId, begunAt)]);
  expect(await requests()).toBe(5);
  const left = await services.owner.selectFrom("invocations").select("id").where("isRecovered", "=", true).execute();
  expect(left).toEqual([]);
});

it("is found among calls that were all made under one trace id, however many there were before", async () => {
  const traceId = newId("trace");
  const writer = new EventWriter(services);
  for (const minutes of [60, 5]) {
    const alive = await lease(4);
    const at = services.clock.now();
    await Promise.all([1, 2, 3, 4].map(() => record(alive, traceId, at)));
    await writer.write([1, 2, 3, 4].map(() => eventRowOf(agent, at, { traceId })));
    services.clock.advance(minutes * 60_000);
  }
  await lease(2);
  await writer.write([1, 2].map(() => eventRowOf(agent, services.clock.now(), { traceId })));
  services.clock.advance(leaseMs + hold.computeMs + settledAfterMs + 1);
  await settleLostLeases(services);
  const { spent, recounted } = await readBudget(services, agent.workspaceId);
  expect([spent.requests, spent]).toEqual([10, recounted]);
});

it("is not looked for while it may still be under way at its runtime, its caller having come back by another gateway", async () => {
  await lease(1);
  const [traceId, begunAt] = [newId("trace"), services.clock.now()];
  services.clock.advance(leaseMs + settledAfterMs + 1);
  await settleLostLeases(services);
  await new EventWriter(services).write([eventRowOf(agent, begunAt, { traceId })]);
  services.clock.advance(hold.computeMs);
  await settleLostLeases(services);
  const { spent, recounted, leases } = await readBudget(services, agent.workspaceId);
  expect([spent.requests, spent, leases]).toEqual([1, recounted, 0]);
});

it("is told as far as anybody knows: failed where its runtime said so, and neither its caller nor its way is made up", async () => {
  const [wellId, failedId] = [newId("trace"), newId("trace")];
  await lease(2);
  const failed = { traceId: failedId, errors: 1, errorClass: "tool" } as const;
  const at = services.clock.now();
  await new EventWriter(services).write([eventRowOf(agent, at, { traceId: wellId }), eventRowOf(agent, at, failed)]);
  services.clock.advance(leaseMs + hold.computeMs + settledAfterMs + 1);
  await settleLostLeases(services);
  const callOf = async (traceId: string) => (await findTrace(services, tenant.scope, { traceId })).calls;
  const unknown = { isRecovered: true, mode: null, caller: null, sessionId: null, firstByteMs: null };
  expect(await callOf(wellId)).toMatchObject([{ ...unknown, outcome: "aborted", errorCode: null, errorClass: null }]);
  expect(await callOf(failedId)).toMatchObject([
    { ...unknown, outcome: "error", errorCode: "RUNTIME_ERROR", errorClass: "tool" },
  ]);
});

it("is still found when everything was down for long, and its report comes a while after the start", async () => {
  await lease(1);
  const [traceId, begunAt] = [newId("trace"), services.clock.now()];
  services.clock.advance(10 * 60_000);
  expect(await settleLostLeases(services, settledAfterMs - 1)).toBe(0);
  await new EventWriter(services).write([eventRowOf(agent, begunAt, { traceId })]);
  expect(await settleLostLeases(services, settledAfterMs)).toBe(1);
  expect((await findTrace(services, tenant.scope, { traceId })).calls).toMatchObject([{ isRecovered: true }]);
});
