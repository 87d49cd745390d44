// Owners are told once of each share of a budget, unless they chose not to be; sums that drifted are mended from the calls.

import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "~/server/ids";
import { settledAfterMs, settleLostLeases } from "~/server/invocations/settle-lost-leases";
import { periodOf } from "~/server/plans/period-of";
import { plans } from "~/server/plans/plans";
import { EventWriter } from "~/server/telemetry/event-writer";
import { eventRowOf } from "~/server/testing/event-row";
import { createTestTenant } from "~/server/testing/factories";
import { insertInvocations } from "~/server/testing/insert-invocations";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { wellWithinMonth } from "~/server/testing/manual-clock";
import { overrideLimits } from "~/server/testing/override-limits";
import { readBudget } from "~/server/testing/read-budget";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { BudgetLedger, leaseMs } from "./budget-ledger";
import { beginPeriodAcrossWorkspaces, leaseCallsAcrossWorkspaces } from "./budgets.queries";
import { chooseAtCap } from "./choose-at-cap";
import { readBudgets } from "./read-budgets";
import { recountBudgets } from "./recount-budgets";
import { tellOfBudgets } from "./tell-of-budgets";

let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;
beforeAll(async () => {
  services = await createTestServices({ now: wellWithinMonth() });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
  agent = await createLiveAgent(services, tenant, null);
});

const period = () => periodOf({ periodStartsAt: null, periodEndsAt: null }, services.clock.now());
const workspaceId = () => tenant.workspace.id;

async function called(times: number): Promise<void> {
  const { workspaceId: place, agentId, deploymentId } = agent;
  const rows = Array.from({ length: times }, () => ({
    ...{ id: newId("invocation"), traceId: newId("trace"), workspaceId: place, agentId, deploymentId, sessionId: null },
    ...{ principal: "api_key:key_1", mode: "json" as const, outcome: "ok" as const, firstByteMs: 1, computeMs: 10, tokens: 2 },
    ...{ errorCode: null, errorClass: null, errorMessage: null, startedAt: services.clock.now() },
  }));
  await insertInvocations(services.across, rows);
}

const begin = () =>
  beginPeriodAcrossWorkspaces(services.across, {
    workspaceId: workspaceId(),
    periodFrom: period().from,
    periodTo: period().to,
    now: services.clock.now(),
  });

describe("owners", () => {
  it("are written to once at half, four fifths and all of a budget", async () => {
    await overrideLimits(services, tenant.workspace, { requestsMax: 10 });
    const letters = async () => {
      await Promise.all([tellOfBudgets(services), tellOfBudgets(services)]);
      return services.mailer.sent.splice(0).map(({ subject }) => subject);
    };
    await called(4);
    await begin();
    expect(await letters()).toEqual([]);
    for (const [calls, share] of [
      [1, "50 %"],
      [3, "80 %"],
      [2, "used up"],
    ] as const) {
      await called(calls);
      await recountBudgets(services);
      expect(await letters()).toEqual([expect.stringContaining(share)]);
      expect(await letters()).toEqual([]);
    }
  });

  it("are written to when tokens are left, but fewer than a call sets aside: calls are refused from then on", async () => {
    await overrideLimits(services, tenant.workspace, { tokensMax: 100, tokensPerCallMax: 40 });
    await called(30);
    await begin();
    await recountBudgets(services);
    expect(await tellOfBudgets(services)).toBe(1);
    expect(services.mailer.sent[0]?.subject).toContain("50 %");
    await called(1);
    await recountBudgets(services);
    expect(await tellOfBudgets(services)).toBe(1);
    expect(services.mailer.sent[1]?.subject).toContain("used up its tokens");
    expect(services.mailer.sent[1]?.text).toContain(
      "62 of 100 tokens of this period are used. What is left is less than one call",
    );
  });

  it("are told that compute is used up when what is left is less than the timeout of the quickest agent", async () => {
    await overrideLimits(services, tenant.workspace, { computeMsMax: 300_000, timeoutMsMax: 60_000 });
    const { deploymentId } = agent;
    const manifestWith = (timeoutMs: number) =>
      sql`
      update deployments set manifest = jsonb_set(manifest, '{limits}', ${JSON.stringify({ timeoutMs })}::jsonb)
      where id = ${deploymentId}`.execute(services.owner);
    await manifestWith(20_000);
    await begin();
    const spend = async (computeMsSpent: number) => {
      await services.owner.updateTable("budgetPeriods").set({ computeMsSpent }).execute();
      await tellOfBudgets(services);
      return services.mailer.sent.splice(0).map(({ subject }) => subject);
    };
    expect(await spend(280_000)).toEqual([expect.stringContaining("80 %")]);
    expect(await spend(280_001)).toEqual([expect.stringContaining("used up its hours of compute")]);
  });

  it("who chose so are told nothing; the audit log holds it all the same", async () => {
    await overrideLimits(services, tenant.workspace, { requestsMax: 1 });
    await chooseAtCap(services, tenant.scope, { atCap: "block" });
    await called(1);
    await begin();
    expect(await tellOfBudgets(services)).toBe(1);
    expect(services.mailer.sent).toEqual([]);
    const actions = await services.owner
      .selectFrom("auditEntries")
      .select("action")
      .where("action", "like", "budget.%")
      .execute();
    expect(actions.map(({ action }) => action).sort()).toEqual(["budget.choose", "budget.reached"]);
  });

  it("see what is used, held and foreseen", async () => {
    await called(3);
    await begin();
    const { items, atCap, periodTo } = await readBudgets(services, tenant.scope);
    expect(items[0]).toMatchObject({ metric: "requests", spent: 3, reserved: 0, limit: plans.free.requestsMax });
    expect([atCap, periodTo]).toEqual(["notify_and_block", period().to]);
  });

  it("see what calls are judged by where runtimes reported more than gateways counted", async () => {
    await called(1);
    await begin();
    const events = Array.from({ length: 5 }, () => eventRowOf(agent, services.clock.now(), { llmTokens: 100, computeMs: 1 }));
    await new EventWriter(services).write(events);
    const { items } = await readBudgets(services, tenant.scope);
    expect(items.map(({ metric, spent }) => [metric, spent])).toEqual([
      ["requests", 5],
      ["compute_ms", 10],
      ["tokens", 500],
    ]);
  });
});

describe("a recount", () => {
  it("mends sums that differ from their calls, and leaves what is held", async () => {
    await called(2);
    await begin();
    await services.owner.updateTable("budgetPeriods").set({ requestsSpent: 7, tokensSpent: 0, requestsHeld: 3 }).execute();
    expect(await recountBudgets(services)).toBe(1);
    expect(await recountBudgets(services)).toBe(0);
    const { spent, recounted, held } = await readBudget(services, workspaceId());
    expect([spent, held.requests]).toEqual([recounted, 3]);
    const reports = await services.owner.selectFrom("budgetRecounts").selectAll().orderBy("id").execute();
    expect(reports).toMatchObject([
      { periodsChecked: 1, periodsMended: 1, requestsDrift: 5, computeMsDrift: 0, tokensDrift: 4 },
      { periodsChecked: 1, periodsMended: 0, requestsDrift: 0, computeMsDrift: 0, tokensDrift: 0 },
    ]);
    const audited = await services.owner
      .selectFrom("auditEntries")
      .select("metadata")
      .where("action", "=", "budget.repair")
      .execute();
    expect(audited).toMatchObject([{ metadata: { requests: -5, computeMs: 0, tokens: 4 } }]);
  });
});

describe("the lease of a process that died", () => {
  const hold = { computeMs: 1_000, tokens: 10 };
  const lease = (waiting: number) => {
    const now = services.clock.now();
    const caps = { requests: 10, computeMs: 1e9, tokens: 1e9 };
    const place = { workspaceId: workspaceId(), periodFrom: period().from };
    const expiresAt = new Date(now.getTime() + leaseMs);
    return leaseCallsAcrossWorkspaces(services.across, {
      ...place,
      leaseId: newId("budgetLease"),
      hold,
      caps,
      waiting,
      ahead: 0,
      now,
      expiresAt,
    });
  };

  it("counts as spent until it is settled, and then returns", async () => {
    await begin();
    expect(await lease(8)).toMatchObject({ calls: 8 });
    expect(await lease(8)).toMatchObject({ calls: 2 });
    services.clock.advance(leaseMs + hold.computeMs + settledAfterMs - 1);
    await settleLostLeases(services);
    expect(await lease(1)).toMatchObject({ calls: 0 });
    services.clock.advance(2);
    await Promise.all([settleLostLeases(services), settleLostLeases(services)]);
    expect(await readBudget(services, workspaceId())).toMatchObject({
      held: { requests: 0, computeMs: 0, tokens: 0 },
      leases: 0,
    });
    expect(await lease(10)).toMatchObject({ calls: 10 });
  });

  it("is spent from no more by a process that slept: it asks for another one", async () => {
    let elapsed = 0;
    const ledger = new BudgetLedger(services, () => elapsed);
    const need = { workspaceId: workspaceId(), plan: { tier: "free" as const, plan: plans.free }, period: period(), hold };
    for (let call = 0; call < 40; call += 1) await ledger.take(need);
    const before = await ledger.take(need);
    elapsed += leaseMs;
    const after = await ledger.take(need);
    expect(after.leaseId).not.toBe(before.leaseId);
    await ledger.drain();
  });
});
