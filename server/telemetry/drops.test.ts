// Lost telemetry shows as what it is: a proxy that drops 5 % shows as 5 %, to its own workspace, which is told once a day.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { configureAlerts } from "~/server/alerts/configure-alerts";
import { readAlerts } from "~/server/alerts/read-alerts";
import { startWeb, type Web } from "~/server/http/start-web";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { callAgent } from "~/server/testing/call-agent";
import { openDroppingProxy } from "~/server/testing/dropping-proxy";
import { eventRowOf } from "~/server/testing/event-row";
import { addTestMember, createTestTenant, createTestUser } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { recordCalls } from "~/server/testing/record-calls";
import { eventOf, sendReport } from "~/server/testing/report-telemetry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { EventWriter } from "./event-writer";
import { listDeploymentDrops } from "./list-deployment-drops";
import { sweepDrops } from "./sweep-drops";
import { sweepUsage } from "./sweep-usage";

const hourMs = 3_600_000;
let services: TestServices;
let provider: FakeProvider;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
beforeAll(async () => {
  provider = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
});

const drops = (scope = tenant.scope) => listDeploymentDrops(services, scope, { hours: 24 });

describe("the drop rate", () => {
  it("of a proxy that drops 5 % of the reports is 5 %", async () => {
    const agent = await createLiveAgent(services, tenant, provider);
    const web: Web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
    const proxy = await openDroppingProxy(() => web.url, 20);
    try {
      for (let round = 0; round < 10; round += 1) {
        await Promise.all(
          Array.from({ length: 20 }, async () => {
            const answer = await callAgent(web.url, agent);
            expect(answer.status).toBe(200);
            const { status } = await sendReport(
              { services, url: proxy.url, source: agent },
              JSON.stringify(eventOf(services, agent)),
            );
            expect(status).toBe(202);
          }),
        );
      }
    } finally {
      await proxy.close();
      await web.drain();
    }
    expect(proxy.dropped).toBe(10);
    expect(await drops()).toMatchObject([
      { deploymentId: agent.deploymentId, expectedEvents: 200, receivedEvents: 190, missingEvents: 10, dropShare: 0.05 },
    ]);
  });

  it("expects no report of a call that no runtime ever got, and a recount agrees", async () => {
    const agent = await createLiveAgent(services, tenant, provider);
    await provider.destroy({ ...agent, agentId: agent.agentId });
    const web: Web = await startWeb(services, { rootDirectory: null, watchesBuild: false });
    try {
      expect((await callAgent(web.url, agent)).status).toBeGreaterThanOrEqual(400);
    } finally {
      await web.drain();
    }
    const now = services.clock.now();
    await recordCalls(services, agent, [
      { ms: 1, at: now, isFailed: true, isTurnedAway: true },
      { ms: 5, at: now, isFailed: true },
    ]);
    expect(await drops()).toMatchObject([{ expectedEvents: 1, receivedEvents: 0, missingEvents: 1 }]);
    const sums = services.owner.selectFrom("usageDays").select(["calls", "failedCalls", "unreachedCalls"]);
    expect(await sums.execute()).toEqual([{ calls: 3, failedCalls: 3, unreachedCalls: 2 }]);
    expect(await sweepUsage(services)).toMatchObject({ repaired: 0 });
    await services.owner.updateTable("usageHours").set({ unreachedCalls: 0 }).execute();
    await services.owner.updateTable("usageDays").set({ unreachedCalls: 0 }).execute();
    expect(await sweepUsage(services)).toMatchObject({ repaired: 1 });
    expect(await drops()).toMatchObject([{ expectedEvents: 1, missingEvents: 1 }]);
  });

  it("is each deployment's own: what one reports twice over does not hide what another lost", async () => {
    const [losing, busy] = [await createLiveAgent(services, tenant, null), await createLiveAgent(services, tenant, null)];
    await happened(losing, { calls: 10, reports: 4, hoursAgo: 0 });
    await happened(busy, { calls: 4, reports: 10, hoursAgo: 0 });
    expect((await drops()).map(({ deploymentId, missingEvents }) => [deploymentId, missingEvents])).toEqual([
      [losing.deploymentId, 6],
      [busy.deploymentId, 0],
    ]);
  });

  it("is shown to no other workspace", async () => {
    await happened(await createLiveAgent(services, tenant, null), { calls: 10, reports: 4, hoursAgo: 0 });
    expect(await drops((await createTestTenant(services)).scope)).toEqual([]);
  });
});

describe("the alert", () => {
  it("goes once a day to owners and admins, by one of racing sweeps, and into the audit log", async () => {
    const agent = await createLiveAgent(services, tenant, null);
    const [admin, viewer] = [await createTestUser(services), await createTestUser(services)];
    await addTestMember(services, tenant.workspace, admin, "admin");
    await addTestMember(services, tenant.workspace, viewer, "viewer");
    await happened(agent, { calls: 400, reports: 380, hoursAgo: 3 });
    const told = await Promise.all([sweepDrops(services), sweepDrops(services), sweepDrops(services)]);
    expect(told.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(services.mailer.sent.map(({ to }) => to).sort()).toEqual([admin.email, tenant.workspace.owner.email].sort());
    expect(JSON.stringify(services.mailer.sent[0])).toContain("20 of 400 reports (5.0 %)");
    expect(await auditedDrops()).toMatchObject([{ workspaceId: agent.workspaceId, metadata: { expectedEvents: 400 } }]);
    services.clock.advance(24 * hourMs);
    await happened(agent, { calls: 400, reports: 380, hoursAgo: 3 });
    expect(await sweepDrops(services)).toBe(1);
    expect(services.mailer.sent).toHaveLength(4);
  });

  it("is in the log and with the webhooks, and by letter only where the workspace wants it", async () => {
    const agent = await createLiveAgent(services, tenant, null);
    const other = await createTestTenant(services);
    await happened(agent, { calls: 400, reports: 380, hoursAgo: 3 });
    await happened(await createLiveAgent(services, other, null), { calls: 400, reports: 380, hoursAgo: 3 });
    const errorRate = { byMail: true, thresholdPercent: 10, callsMin: 20 };
    const rest = { errorRate, deploymentFailed: { byMail: true } };
    await configureAlerts(services, tenant.scope, { ...rest, telemetryDropped: { byMail: false } });
    expect(await sweepDrops(services)).toBe(2);
    expect(services.mailer.sent.map(({ to }) => to)).toEqual([other.user.email]);
    expect(await auditedDrops()).toHaveLength(2);
    await configureAlerts(services, tenant.scope, rest);
    expect((await readAlerts(services, tenant.scope)).settings.telemetryDropped).toEqual({ byMail: false });
    const audited = services.owner.selectFrom("auditEntries").select("metadata").where("action", "=", "alert.configure");
    expect((await audited.orderBy("seq").execute())[0]?.metadata).toMatchObject({ telemetryDroppedByMail: false });
  });

  it("is silent about a few, about small shares, and about hours whose reports may still be under way", async () => {
    const [few, small, fresh] = await Promise.all([1, 2, 3].map(() => createLiveAgent(services, tenant, null)));
    if (!few || !small || !fresh) throw new Error("no agents");
    await happened(few, { calls: 30, reports: 11, hoursAgo: 3 });
    await happened(small, { calls: 2_000, reports: 1_970, hoursAgo: 3 });
    await happened(fresh, { calls: 400, reports: 0, hoursAgo: 0 });
    expect(await sweepDrops(services)).toBe(0);
    expect(services.mailer.sent).toEqual([]);
  });
});

function auditedDrops() {
  return services.owner
    .selectFrom("auditEntries")
    .select(["workspaceId", "metadata"])
    .where("action", "=", "telemetry.drop")
    .execute();
}

async function happened(agent: LiveAgent, what: { calls: number; reports: number; hoursAgo: number }): Promise<void> {
  const at = new Date(services.clock.now().getTime() - what.hoursAgo * hourMs);
  await recordCalls(
    services,
    agent,
    Array.from({ length: what.calls }, () => ({ ms: 10, at })),
  );
  await new EventWriter(services).write(Array.from({ length: what.reports }, () => eventRowOf(agent, at)));
}
