// What is wrong is told once and what is over is told once, by whichever worker comes first; nothing flaps.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RuntimeStatus } from "~/db/tables/runtime-checks";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { upsertRuntimeCheckAcrossWorkspaces } from "~/server/runtimes/runtime-checks.queries";
import { addTestMember, createTestDeployment, createTestTenant, createTestUser } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { recordCalls } from "~/server/testing/record-calls";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { approveHost } from "~/server/webhooks/approve-host";
import { createWebhook } from "~/server/webhooks/create-webhook";
import { configureAlerts } from "./configure-alerts";
import { raiseAlert } from "./raise-alert";
import { readAlerts } from "./read-alerts";
import { resolveAlert } from "./resolve-alert";
import { sweepErrorRates } from "./sweep-error-rates";
import { sweepFailedDeployments } from "./sweep-failed-deployments";
import { sweepRuntimeAlerts } from "./sweep-runtime-alerts";

const [minuteMs, dayMs] = [60_000, 86_400_000];
let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;
const provider = createFakeProvider();

beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  services.clock.set(new Date());
  tenant = await createTestTenant(services);
  agent = await createLiveAgent(services, tenant, null);
  await approveHost(services, tenant.scope, { host: "hooks.example.com" });
  const events = ["agent.error_rate.raised", "agent.error_rate.resolved", "deployment.failed", "deployment.recovered"] as const;
  await createWebhook(services, tenant.scope, {
    url: "https://hooks.example.com/",
    description: "",
    events: [...events, "runtime.down", "runtime.up"],
  });
});

const titles = () => services.mailer.sent.map(({ subject }) => subject);
const announced = async () =>
  (await services.owner.selectFrom("webhookDeliveries").select("eventType").orderBy("id").execute()).map((row) => row.eventType);
const alerts = async () => (await readAlerts(services, tenant.scope)).items;

function happened(calls: number, failed: number, source = agent): Promise<void> {
  const at = services.clock.now();
  const all = Array.from({ length: calls }, (_, nth) => ({ ms: 5, at, isFailed: nth < failed }));
  return recordCalls(services, source, all);
}

describe("the error rate of an agent", () => {
  it("raises one alert, one letter each to owners and admins and one webhook, of several workers at once", async () => {
    const admin = await createTestUser(services);
    await addTestMember(services, tenant.workspace, admin, "admin");
    await addTestMember(services, tenant.workspace, await createTestUser(services), "viewer");
    await happened(40, 4);
    const sweeps = await Promise.all([1, 2, 3].map(() => sweepErrorRates(services)));
    expect(sweeps.reduce((sum, { raised }) => sum + raised, 0)).toBe(1);
    await sweepErrorRates(services);
    expect(services.mailer.sent.map(({ to }) => to).sort()).toEqual([admin.email, tenant.user.email].sort());
    expect(services.mailer.sent[0]?.text).toContain("4 of 40 calls");
    expect(await announced()).toEqual(["agent.error_rate.raised"]);
    expect(await alerts()).toMatchObject([{ agentId: agent.agentId, resolvedAt: null, facts: { calls: 40, failedCalls: 4 } }]);
  });

  it("is silent below the share, and about few calls", async () => {
    await happened(40, 3);
    await sweepErrorRates(services);
    const other = await createLiveAgent(services, tenant, null);
    await happened(19, 19, other);
    expect(await sweepErrorRates(services)).toEqual({ raised: 0, resolved: 0 });
    expect(titles()).toEqual([]);
  });

  it("is resolved once, after ten quiet minutes, and not while it goes up and down about the threshold", async () => {
    await happened(40, 4);
    await sweepErrorRates(services);
    for (let round = 0; round < 8; round += 1) {
      services.clock.advance(4 * minuteMs);
      await happened(40, round % 2 === 0 ? 3 : 5);
      expect(await sweepErrorRates(services)).toEqual({ raised: 0, resolved: 0 });
    }
    services.clock.advance(16 * minuteMs);
    await happened(100, 1);
    expect(await sweepErrorRates(services)).toEqual({ raised: 0, resolved: 0 });
    services.clock.advance(10 * minuteMs - 1);
    expect(await sweepErrorRates(services)).toEqual({ raised: 0, resolved: 0 });
    services.clock.advance(1);
    const sweeps = await Promise.all([sweepErrorRates(services), sweepErrorRates(services)]);
    expect(sweeps.reduce((sum, { resolved }) => sum + resolved, 0)).toBe(1);
    expect(titles()).toHaveLength(2);
    expect(await announced()).toEqual(["agent.error_rate.raised", "agent.error_rate.resolved"]);
  });

  it("that comes back within the quiet minutes lets them begin anew", async () => {
    await happened(40, 20);
    await sweepErrorRates(services);
    services.clock.advance(16 * minuteMs);
    await sweepErrorRates(services);
    services.clock.advance(9 * minuteMs);
    await happened(40, 20);
    await sweepErrorRates(services);
    services.clock.advance(16 * minuteMs);
    expect(await sweepErrorRates(services)).toEqual({ raised: 0, resolved: 0 });
    services.clock.advance(10 * minuteMs);
    expect(await sweepErrorRates(services)).toEqual({ raised: 0, resolved: 1 });
  });

  it("that is made to come and go is told by at most twenty letters a day, each with the one that it is over", async () => {
    services.clock.set(new Date(Math.floor(Date.now() / dayMs) * dayMs));
    const raise = () => raiseAlert(services, subject, { rule: "error_rate", facts: { calls: 20, failedCalls: 20 } });
    const subject = { ...agent, workspaceName: "Acme", agentName: "bot", byMail: true };
    for (let nth = 0; nth < 25; nth += 1) {
      await raise();
      const [standing = { alertId: "", raisedAt: new Date() }] = await alerts();
      services.clock.advance(minuteMs);
      await resolveAlert(services, { ...subject, ...standing, isGone: false }, { rule: "error_rate", facts: {} });
    }
    expect(titles().filter((title) => title.endsWith(" fail"))).toHaveLength(20);
    expect(titles().filter((title) => title.endsWith(" work again"))).toHaveLength(20);
    expect(await announced()).toHaveLength(50);
    services.clock.advance(dayMs);
    await raise();
    expect(titles()).toHaveLength(41);
  });

  it("is judged as the workspace chose, and told by webhook alone where letters are not wanted", async () => {
    const errorRate = { byMail: false, thresholdPercent: 50, callsMin: 10 };
    await configureAlerts(services, tenant.scope, { errorRate, deploymentFailed: { byMail: true } });
    await happened(10, 4);
    expect(await sweepErrorRates(services)).toMatchObject({ raised: 0 });
    await happened(10, 6);
    expect(await sweepErrorRates(services)).toMatchObject({ raised: 1 });
    expect([titles(), await announced()]).toEqual([[], ["agent.error_rate.raised"]]);
    expect((await readAlerts(services, tenant.scope)).settings).toEqual({
      errorRate,
      deploymentFailed: { byMail: true },
      telemetryDropped: { byMail: true },
    });
  });

  it("is judged for every agent, however many stand, and over without a word where the agent was deleted", async () => {
    const agents = [agent, ...(await Promise.all([1, 2, 3, 4].map(() => createLiveAgent(services, tenant, null))))];
    for (const one of agents) await happened(20, 20, one);
    expect(await sweepErrorRates(services)).toEqual({ raised: 5, resolved: 0 });
    await services.owner
      .updateTable("agents")
      .set({ deletedAt: services.clock.now() })
      .where("id", "=", agents[4]?.agentId ?? "")
      .execute();
    services.clock.advance(16 * minuteMs);
    expect(await sweepErrorRates(services, { pageRows: 2 })).toEqual({ raised: 0, resolved: 1 });
    expect([titles(), await announced()]).toMatchObject([{ length: 5 }, { length: 5 }]);
    services.clock.advance(10 * minuteMs);
    expect(await sweepErrorRates(services, { pageRows: 2 })).toEqual({ raised: 0, resolved: 4 });
    expect([titles(), await announced()]).toMatchObject([{ length: 9 }, { length: 9 }]);
  });

  it("is nothing to another workspace, and nothing where the workspace is disabled", async () => {
    await services.owner
      .updateTable("workspaces")
      .set({ disabledAt: new Date() })
      .where("id", "=", tenant.workspace.id)
      .execute();
    await happened(40, 40);
    expect(await sweepErrorRates(services)).toMatchObject({ raised: 0 });
    await services.owner.updateTable("workspaces").set({ disabledAt: null }).where("id", "=", tenant.workspace.id).execute();
    await sweepErrorRates(services);
    expect((await readAlerts(services, (await createTestTenant(services)).scope)).items).toEqual([]);
    expect(await alerts()).toHaveLength(1);
  });
});

describe("a failed version", () => {
  const settled = async (version: number, status: "failed" | "ready") => {
    const place = { id: agent.agentId, workspaceId: agent.workspaceId, name: "", owner: tenant.user };
    const { id } = await createTestDeployment(services, place, { version, status });
    await services.owner.updateTable("deployments").set({ finishedAt: services.clock.now() }).where("id", "=", id).execute();
    return id;
  };

  it("is told once until a later one has worked, however many fail in between", async () => {
    const failedId = await settled(2, "failed");
    const sweeps = await Promise.all([sweepFailedDeployments(services), sweepFailedDeployments(services)]);
    expect(sweeps.reduce((sum, { raised }) => sum + raised, 0)).toBe(1);
    await settled(3, "failed");
    expect(await sweepFailedDeployments(services)).toEqual({ raised: 0, resolved: 0 });
    expect(await alerts()).toMatchObject([{ rule: "deployment_failed", facts: { deploymentId: failedId, version: 2 } }]);
    await settled(4, "ready");
    expect(await sweepFailedDeployments(services)).toEqual({ raised: 0, resolved: 1 });
    expect(titles()).toHaveLength(2);
    expect(await announced()).toEqual(["deployment.failed", "deployment.recovered"]);
    await settled(5, "failed");
    expect(await sweepFailedDeployments(services)).toEqual({ raised: 1, resolved: 0 });
  });

  it("of an agent that was deleted is over, and nobody is told that it works again", async () => {
    await settled(2, "failed");
    await sweepFailedDeployments(services);
    await services.owner.updateTable("agents").set({ deletedAt: services.clock.now() }).where("id", "=", agent.agentId).execute();
    expect(await sweepFailedDeployments(services)).toEqual({ raised: 0, resolved: 1 });
    expect([titles(), await announced()]).toMatchObject([{ length: 1 }, ["deployment.failed"]]);
  });

  it("that a later one has followed already, or that failed long ago, is no news", async () => {
    await settled(2, "failed");
    await settled(3, "ready");
    await sweepFailedDeployments(services);
    await settled(4, "failed");
    services.clock.advance(25 * 60 * minuteMs);
    expect(await sweepFailedDeployments(services)).toEqual({ raised: 0, resolved: 0 });
  });
});

describe("a runtime", () => {
  const isNow = (status: RuntimeStatus) =>
    upsertRuntimeCheckAcrossWorkspaces(services.across, {
      runtime: "embedded",
      status,
      detail: "",
      warnings: [],
      checkedAt: services.clock.now(),
      tookMs: 1,
    });

  it("that is down for two minutes is told to operators once, and so is that it is back", async () => {
    const operator = await createTestUser(services, { isSuperAdmin: true });
    await isNow("down");
    services.clock.advance(2 * minuteMs - 1);
    expect(await sweepRuntimeAlerts(services)).toEqual({ raised: 0, resolved: 0 });
    services.clock.advance(1);
    const sweeps = await Promise.all([sweepRuntimeAlerts(services), sweepRuntimeAlerts(services)]);
    expect(sweeps.reduce((sum, { raised }) => sum + raised, 0)).toBe(1);
    await isNow("up");
    services.clock.advance(minuteMs);
    await isNow("down");
    services.clock.advance(3 * minuteMs);
    expect(await sweepRuntimeAlerts(services)).toEqual({ raised: 0, resolved: 0 });
    await isNow("up");
    services.clock.advance(5 * minuteMs);
    expect(await sweepRuntimeAlerts(services)).toEqual({ raised: 0, resolved: 1 });
    expect(services.mailer.sent.map(({ to, subject }) => [to, subject])).toEqual([
      [operator.email, "The embedded runtime is down"],
      [operator.email, "The embedded runtime is back"],
    ]);
    expect(await announced()).toEqual(["runtime.down", "runtime.up"]);
  });

  it("that agents live on though it is not offered any more is told as gone", async () => {
    await createTestUser(services, { isSuperAdmin: true });
    const without = { ...services, providers: createProviderRegistry([]) };
    expect(await sweepRuntimeAlerts(without)).toEqual({ raised: 1, resolved: 0 });
    expect(await sweepRuntimeAlerts(without)).toEqual({ raised: 0, resolved: 0 });
    expect(titles()).toEqual(["The embedded runtime is not configured, and agents live on it"]);
  });
});
