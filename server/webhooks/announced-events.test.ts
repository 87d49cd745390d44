// What a workspace's webhooks hear of its budget and of its lost telemetry: each event once, whatever was chosen about letters, and nobody else's.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { WebhookEvent } from "~/db/tables/webhooks";
import { beginPeriodAcrossWorkspaces } from "~/server/budgets/budgets.queries";
import { chooseAtCap } from "~/server/budgets/choose-at-cap";
import { recountBudgets } from "~/server/budgets/recount-budgets";
import { tellOfBudgets } from "~/server/budgets/tell-of-budgets";
import { periodOf } from "~/server/plans/period-of";
import { sweepDrops } from "~/server/telemetry/sweep-drops";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { overrideLimits } from "~/server/testing/override-limits";
import { recordCalls } from "~/server/testing/record-calls";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { approveHost } from "./approve-host";
import { createWebhook } from "./create-webhook";

const hourMs = 3_600_000;
let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;
beforeAll(async () => {
  services = await createTestServices({ now: new Date() });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
  agent = await createLiveAgent(services, tenant, null);
});

async function listen(whose: typeof tenant, events: WebhookEvent[]): Promise<void> {
  await approveHost(services, whose.scope, { host: "hooks.example.com" });
  await createWebhook(services, whose.scope, { url: "https://hooks.example.com/", description: "", events });
}

const announced = async () =>
  (
    await services.owner.selectFrom("webhookDeliveries").select(["workspaceId", "eventType", "payload"]).orderBy("id").execute()
  ).map(({ workspaceId, eventType, payload }) => ({ workspaceId, eventType, facts: JSON.parse(payload).data }));

function happened(calls: number, hoursAgo = 0): Promise<void> {
  const at = new Date(services.clock.now().getTime() - hoursAgo * hourMs);
  return recordCalls(
    services,
    agent,
    Array.from({ length: calls }, () => ({ ms: 5, at })),
  );
}

it.each(["notify_and_block", "block"] as const)(
  "each share of a budget is announced once, where %s was chosen",
  async (atCap) => {
    await listen(tenant, ["budget.reached"]);
    await listen(await createTestTenant(services), ["budget.reached"]);
    await chooseAtCap(services, tenant.scope, { atCap });
    await overrideLimits(services, tenant.workspace, { requestsMax: 10 });
    const { from: periodFrom, to: periodTo } = periodOf({ periodStartsAt: null, periodEndsAt: null }, services.clock.now());
    const { id: workspaceId } = tenant.workspace;
    await beginPeriodAcrossWorkspaces(services.across, { workspaceId, periodFrom, periodTo, now: services.clock.now() });
    for (const calls of [5, 3, 2]) {
      await happened(calls);
      await recountBudgets(services);
      await Promise.all([tellOfBudgets(services), tellOfBudgets(services)]);
    }
    const event = (percent: number, spent: number) => ({
      workspaceId,
      eventType: "budget.reached",
      facts: expect.objectContaining({ metric: "requests", percent, spent, limit: 10 }),
    });
    expect(await announced()).toEqual([event(50, 5), event(80, 8), event(100, 10)]);
    expect(services.mailer.sent).toHaveLength(atCap === "block" ? 0 : 3);
  },
);

it("telemetry that is lost is announced once a day", async () => {
  await listen(tenant, ["telemetry.dropped"]);
  await listen(await createTestTenant(services), ["telemetry.dropped"]);
  await happened(400, 3);
  await Promise.all([sweepDrops(services), sweepDrops(services)]);
  await sweepDrops(services);
  const { deploymentId, workspaceId } = agent;
  const facts = expect.objectContaining({ deploymentId, expectedEvents: 400, receivedEvents: 0 });
  expect(await announced()).toEqual([{ workspaceId, eventType: "telemetry.dropped", facts }]);
});
