// After a rotation: which running versions are behind is known exactly, one act brings them up to date, and no crash leaves it half done.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import type { Provider } from "~/server/providers/provider";
import { createTestManifest, createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, createLiveDeployment } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { applySecrets } from "./apply-secrets";
import { listStaleSecrets } from "./list-stale-secrets";
import { openForLaunch } from "./open-for-launch";
import { refreshLeaseMs, refreshSecrets } from "./refresh-secrets";
import { setSecret } from "./set-secret";
import { sweepSecretRefreshes } from "./sweep-secret-refreshes";
import { unsetSecret } from "./unset-secret";

let services: TestServices;
const fake = createFakeProvider({ grantFor: (deploymentId) => openForLaunch(services, deploymentId) });
/** What a test lets happen in place of the next restarts. */
let instead: ((deploymentId: string, real: () => Promise<void>) => Promise<void>) | null = null;
let isAway = false;
const provider: Provider = {
  ...fake,
  holders: (ids, options) => (isAway ? Promise.reject(new Error("away")) : fake.holders(ids, options)),
  refreshSecrets(target, options) {
    const real = () => fake.refreshSecrets(target, options);
    return instead ? instead(target.deploymentId, real) : real();
  },
};
beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  instead = null;
  isAway = false;
});

const env = { requiredKeys: ["API_KEY"], optionalKeys: ["REGION"] };
const options = { manifest: createTestManifest({ env }) };
const idle = new AbortController().signal;
type Tenant = Awaited<ReturnType<typeof createTestTenant>>;

/** A live agent with its one required secret; it runs unless it is told not to. */
async function createRunning(tenant: Tenant, isRunning = true) {
  const live = await createLiveAgent(services, tenant, provider, options);
  await set(tenant.scope, live.agentId, "API_KEY");
  if (isRunning) await provider.activate(live, { signal: idle });
  return live;
}

let values = 0;
async function set(scope: WorkspaceScope, agentId: string, name: string): Promise<void> {
  values += 1;
  await setSecret(services, scope, { agentId, name, value: `value ${values}` });
}

const mapOf = async (scope: WorkspaceScope, agentId?: string) => (await listStaleSecrets(services, scope, { agentId })).items;
const refreshesOf = async (scope: WorkspaceScope) => (await listStaleSecrets(services, scope, {})).refreshes;
const work = (tenant: Tenant, draining = idle) => refreshSecrets(services, { workspaceId: tenant.workspace.id }, draining);

describe("the map", () => {
  it("names the versions that run with another value: replaced, newly set and unset since", async () => {
    const tenant = await createTestTenant(services);
    const { scope } = tenant;
    const [replaced, added, unset] = [await createRunning(tenant), await createRunning(tenant), await createRunning(tenant)];
    const current = await createRunning(tenant);
    expect(await mapOf(scope)).toEqual([]);
    await set(scope, replaced.agentId, "API_KEY");
    await set(scope, added.agentId, "REGION");
    await unsetSecret(services, scope, { agentId: unset.agentId, name: "API_KEY" });
    await set(scope, current.agentId, "NAMED_BY_NO_MANIFEST");
    const keys = new Map((await mapOf(scope)).map((item) => [item.deploymentId, item.keys]));
    expect(keys).toEqual(
      new Map([
        [replaced.deploymentId, [{ name: "API_KEY", heldVersion: 1, currentVersion: 2 }]],
        [added.deploymentId, [{ name: "REGION", heldVersion: null, currentVersion: 1 }]],
        [unset.deploymentId, [{ name: "API_KEY", heldVersion: 1, currentVersion: null }]],
      ]),
    );
    expect(await mapOf(scope, replaced.agentId)).toHaveLength(1);
    expect(await mapOf(scope, current.agentId)).toEqual([]);
  });

  it("leaves out what does not run: its next start takes what is set then", async () => {
    const tenant = await createTestTenant(services);
    const live = await createRunning(tenant, false);
    await set(tenant.scope, live.agentId, "API_KEY");
    expect(await mapOf(tenant.scope)).toEqual([]);
    await provider.activate(live, { signal: idle });
    await set(tenant.scope, live.agentId, "API_KEY");
    expect(await mapOf(tenant.scope)).toHaveLength(1);
    await provider.stop(live);
    expect(await mapOf(tenant.scope)).toEqual([]);
  });

  it("holds an older version that still runs for sessions that stayed with it", async () => {
    const tenant = await createTestTenant(services);
    const live = await createRunning(tenant);
    const next = await createLiveDeployment(services, tenant, live.agentId, { ...options, provider });
    await set(tenant.scope, live.agentId, "API_KEY");
    const [only, ...others] = await mapOf(tenant.scope);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ deploymentId: live.deploymentId, version: 1, isLive: false });
    expect(next).not.toBe(live.deploymentId);
  });

  it("says that it does not know when a runtime does not answer, and nothing is applied then", async () => {
    const tenant = await createTestTenant(services);
    const live = await createRunning(tenant);
    await set(tenant.scope, live.agentId, "API_KEY");
    isAway = true;
    expect(await listStaleSecrets(services, tenant.scope, {})).toMatchObject({ isKnown: false, items: [] });
    await expect(applySecrets(services, tenant.scope, {})).rejects.toMatchObject({ code: "RUNTIME_ERROR", retryable: true });
  });

  it("of one workspace says nothing of another", async () => {
    const [mine, theirs] = [await createTestTenant(services), await createTestTenant(services)];
    const live = await createRunning(theirs);
    await set(theirs.scope, live.agentId, "API_KEY");
    expect(await mapOf(mine.scope)).toEqual([]);
    await expect(listStaleSecrets(services, mine.scope, { agentId: live.agentId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(applySecrets(services, mine.scope, { agentId: live.agentId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await applySecrets(services, mine.scope, {})).toEqual({ deployments: 0 });
  });
});

describe("applying", () => {
  it("starts the versions that are behind anew, one after the other, and the map is empty; each is audited", async () => {
    const tenant = await createTestTenant(services);
    const { scope } = tenant;
    const agents = [await createRunning(tenant), await createRunning(tenant), await createRunning(tenant)];
    const untouched = await createRunning(tenant);
    for (const { agentId } of agents) await set(scope, agentId, "API_KEY");
    const [restarted, together]: [string[], number[]] = [[], []];
    let atOnce = 0;
    instead = async (deploymentId, real) => {
      restarted.push(deploymentId);
      atOnce += 1;
      together.push(atOnce);
      await real();
      atOnce -= 1;
    };
    expect(await applySecrets(services, scope, {})).toEqual({ deployments: 3 });
    expect(services.queue.rung.at(-1)).toMatchObject({ name: "secrets-refresh", payload: { workspaceId: tenant.workspace.id } });
    expect((await refreshesOf(scope)).map(({ status }) => status)).toEqual(["waiting", "waiting", "waiting"]);
    await Promise.all([work(tenant), work(tenant), work(tenant)]);
    await work(tenant);
    expect([...restarted].sort()).toEqual(agents.map(({ deploymentId }) => deploymentId).sort());
    expect(restarted).not.toContain(untouched.deploymentId);
    expect(Math.max(...together)).toBe(1);
    expect(await mapOf(scope)).toEqual([]);
    expect((await refreshesOf(scope)).map(({ status }) => status)).toEqual(["done", "done", "done"]);
    const entries = services.owner.selectFrom("auditEntries").select(["action", "actorKind"]);
    const acts = await entries.where("action", "like", "secret.appl%").execute();
    expect(acts.filter(({ action, actorKind }) => action === "secret.apply" && actorKind === "user")).toHaveLength(3);
    expect(acts.filter(({ action, actorKind }) => action === "secret.applied" && actorKind === "system")).toHaveLength(3);
  });

  it("concerns one agent when one is named, and nothing when nothing is behind", async () => {
    const tenant = await createTestTenant(services);
    const [one, other] = [await createRunning(tenant), await createRunning(tenant)];
    for (const { agentId } of [one, other]) await set(tenant.scope, agentId, "API_KEY");
    expect(await applySecrets(services, tenant.scope, { agentId: one.agentId })).toEqual({ deployments: 1 });
    await work(tenant);
    expect((await mapOf(tenant.scope)).map(({ agentId }) => agentId)).toEqual([other.agentId]);
    expect(await applySecrets(services, tenant.scope, { agentId: one.agentId })).toEqual({ deployments: 0 });
  });

  it("goes once more when a value was set and applied while it was under way", async () => {
    const tenant = await createTestTenant(services);
    const live = await createRunning(tenant);
    await set(tenant.scope, live.agentId, "API_KEY");
    await applySecrets(services, tenant.scope, {});
    let turns = 0;
    instead = async (_deploymentId, real) => {
      turns += 1;
      const [value, wish] = [() => set(tenant.scope, live.agentId, "API_KEY"), () => applySecrets(services, tenant.scope, {})];
      await real();
      if (turns === 1) await value().then(wish);
    };
    await work(tenant);
    expect(turns).toBe(2);
    expect(await mapOf(tenant.scope)).toEqual([]);
    expect(await refreshesOf(tenant.scope)).toMatchObject([{ status: "done" }]);
  });

  it("that fails says why, the others go on, and the version keeps running with what it has", async () => {
    const tenant = await createTestTenant(services);
    const [broken, fine] = [await createRunning(tenant), await createRunning(tenant)];
    for (const { agentId } of [broken, fine]) await set(tenant.scope, agentId, "API_KEY");
    await applySecrets(services, tenant.scope, {});
    instead = async (deploymentId, real) => {
      if (deploymentId === broken.deploymentId) throw new AppError("RUNTIME_ERROR", "The agent could not be started: bad key.");
      await real();
    };
    await work(tenant);
    const states = new Map((await refreshesOf(tenant.scope)).map((refresh) => [refresh.deploymentId, refresh]));
    expect(states.get(broken.deploymentId)).toMatchObject({
      status: "failed",
      failureReason: expect.stringContaining("bad key"),
    });
    expect(states.get(fine.deploymentId)).toMatchObject({ status: "done" });
    expect((await mapOf(tenant.scope)).map(({ deploymentId }) => deploymentId)).toEqual([broken.deploymentId]);
    instead = null;
    expect(await applySecrets(services, tenant.scope, {})).toEqual({ deployments: 1 });
    await work(tenant);
    expect(await mapOf(tenant.scope)).toEqual([]);
  });
});

describe("what survives", () => {
  it("a worker that was killed: its work is taken up by another after the lease, and before it by nobody", async () => {
    const tenant = await createTestTenant(services);
    const live = await createRunning(tenant);
    await set(tenant.scope, live.agentId, "API_KEY");
    await applySecrets(services, tenant.scope, {});
    const dead = { status: "running" as const, heartbeatAt: services.clock.now(), attempts: 1 };
    await services.owner.updateTable("secretRefreshes").set(dead).execute();
    await work(tenant);
    expect(await refreshesOf(tenant.scope)).toMatchObject([{ status: "running" }]);
    services.queue.rung.length = 0;
    await sweepSecretRefreshes(services);
    expect(services.queue.rung).toEqual([]);
    services.clock.advance(refreshLeaseMs + 1);
    await sweepSecretRefreshes(services);
    expect(services.queue.rung).toMatchObject([{ name: "secrets-refresh", payload: { workspaceId: tenant.workspace.id } }]);
    await work(tenant);
    expect(await mapOf(tenant.scope)).toEqual([]);
    expect(await refreshesOf(tenant.scope)).toMatchObject([{ status: "done" }]);
  });

  it("a worker that drains and a runtime that is away: it waits in its old place, and the sweep rings for it", async () => {
    const tenant = await createTestTenant(services);
    const live = await createRunning(tenant);
    await set(tenant.scope, live.agentId, "API_KEY");
    await applySecrets(services, tenant.scope, {});
    const draining = new AbortController();
    instead = async () => {
      draining.abort();
      throw draining.signal.reason;
    };
    await work(tenant, draining.signal);
    expect(await refreshesOf(tenant.scope)).toMatchObject([{ status: "waiting" }]);
    instead = () => Promise.reject(new AppError("RUNTIME_ERROR", "Not reached.", { retryable: true }));
    await work(tenant);
    expect(await refreshesOf(tenant.scope)).toMatchObject([{ status: "waiting" }]);
    services.queue.rung.length = 0;
    await sweepSecretRefreshes(services);
    expect(services.queue.rung).toHaveLength(1);
    services.clock.advance(61 * 60_000);
    await work(tenant);
    expect(await refreshesOf(tenant.scope)).toMatchObject([{ status: "failed", failureReason: "Not reached." }]);
  });

  it("a worker that was slow and lost its place ends nothing", async () => {
    const tenant = await createTestTenant(services);
    const live = await createRunning(tenant);
    await set(tenant.scope, live.agentId, "API_KEY");
    await applySecrets(services, tenant.scope, {});
    instead = async () => {
      await services.owner.updateTable("secretRefreshes").set({ attempts: 7 }).execute();
    };
    await work(tenant);
    expect(await refreshesOf(tenant.scope)).toMatchObject([{ status: "running" }]);
  });
});
