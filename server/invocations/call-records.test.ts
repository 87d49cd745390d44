// Calls as they are written down: each once with all that was said of it, charged and settled with it.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { beginPeriodAcrossWorkspaces, leaseCallsAcrossWorkspaces } from "~/server/budgets/budgets.queries";
import { newId } from "~/server/ids";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { readBudget } from "~/server/testing/read-budget";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { type EndedCall, type NewInvocation, takeCallsAcrossWorkspaces } from "./call-records.queries";

const now = new Date("2026-11-22T10:20:00Z");
const period = { periodFrom: new Date("2026-11-01T00:00:00Z"), periodTo: new Date("2026-12-01T00:00:00Z"), now };
const hold = { computeMs: 1_000, tokens: 10 };

let services: TestServices;
let agent: LiveAgent;

beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  agent = await createLiveAgent(services, await createTestTenant(services), null);
});

async function lease({ workspaceId }: LiveAgent, calls: number): Promise<string> {
  const leaseId = newId("budgetLease");
  await beginPeriodAcrossWorkspaces(services.across, { workspaceId, ...period });
  const caps = { requests: 1_000, computeMs: 1_000_000, tokens: 100_000 };
  const wish = {
    workspaceId,
    ...period,
    leaseId,
    hold,
    caps,
    waiting: calls,
    ahead: 0,
    expiresAt: new Date(now.getTime() + 30_000),
  };
  await leaseCallsAcrossWorkspaces(services.across, wish);
  return leaseId;
}

function ended({ workspaceId, agentId, deploymentId }: LiveAgent, leaseId: string, said: Partial<NewInvocation> = {}): EndedCall {
  const row: NewInvocation = {
    ...{ id: newId("invocation"), traceId: newId("trace"), workspaceId, agentId, deploymentId, sessionId: null },
    ...{ principal: "api_key:key_1", mode: "json", outcome: "ok", errorCode: null, errorClass: null, errorMessage: null },
    ...{ computeMs: 7, tokens: 3, firstByteMs: 1, startedAt: now, ...said },
  };
  return { row, reservation: { leaseId, hold } };
}

const take = (calls: EndedCall[]) => takeCallsAcrossWorkspaces(services.across, calls, now);

it("are charged once, and settled once, though the answer to writing them got lost", async () => {
  const leaseId = await lease(agent, 5);
  const [one, two, three] = [ended(agent, leaseId), ended(agent, leaseId, { tokens: null }), ended(agent, leaseId)];
  await take([one, two]);
  await take([one, two, three]);
  await take([one]);
  const { spent, recounted, held } = await readBudget(services, agent.workspaceId);
  expect([spent.requests, spent.computeMs, spent.tokens, spent]).toEqual([3, 21, 6, recounted]);
  expect(held).toEqual({ requests: 2, computeMs: 2 * hold.computeMs, tokens: 2 * hold.tokens });
});

it("keep all that was said of them, whatever the words hold", async () => {
  const leaseId = await lease(agent, 3);
  const hostile = 'said "null", {no\\thing}, and \\"; drop table invocations; --\n';
  const calls = [
    ended(agent, leaseId, { sessionId: newId("agentSession"), mode: "stream", tokensAreAssumed: true }),
    ended(agent, leaseId, {
      outcome: "error",
      errorCode: "null",
      errorClass: "runtime",
      errorMessage: hostile,
      firstByteMs: null,
    }),
    ended(agent, leaseId, { outcome: "aborted", tokens: null, reachedRuntime: false, startedAt: new Date(now.getTime() + 123) }),
  ];
  await take(calls);
  const rows = await services.owner.selectFrom("invocations").selectAll().orderBy("id").execute();
  const byDefault = { tokensAreAssumed: false, reachedRuntime: true, isRecovered: false, createdAt: expect.any(Date) };
  const said = calls.map(({ row }) => ({ ...byDefault, ...row })).sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(rows).toEqual(said);
});

it("of several workspaces and leases in one group are charged to their own", async () => {
  const other = await createLiveAgent(services, await createTestTenant(services), null);
  const [first, second, others] = [await lease(agent, 2), await lease(agent, 1), await lease(other, 2)];
  const earlier = { startedAt: new Date("2026-10-31T23:59:59Z") };
  await take([ended(agent, first), ended(other, others), ended(agent, second), ended(agent, first, earlier)]);
  const [mine, theirs] = [await readBudget(services, agent.workspaceId), await readBudget(services, other.workspaceId)];
  // One of mine belongs to a period before this one: it ends what it held, and is not charged to this one.
  expect([mine.spent.requests, mine.held.requests]).toEqual([2, 0]);
  expect([theirs.spent.requests, theirs.held.requests]).toEqual([1, 1]);
});
