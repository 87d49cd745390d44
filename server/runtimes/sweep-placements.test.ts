// What a runtime holds and the rows own comes to be the same, with every safeguard against destroying what is somebody's (MISSION D6).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { purgeAgent } from "~/server/deployments/purge-agent";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import type { PlacedDeployment } from "~/server/providers/provider";
import { placementOf } from "~/server/testing/agent-host";
import { type DeployRig, openDeployRig } from "~/server/testing/deploy-rig";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { listStraysAcrossWorkspaces } from "./strays.queries";
import { settledMax, sweepPlacements } from "./sweep-placements";

let services: TestServices;
let rig: DeployRig;

beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  rig = await openDeployRig(services);
});

const never = () => new AbortController().signal;
const minutes = (count: number) => services.clock.advance(count * 60_000);
const isPlaced = (id: string) => rig.fake.placed.has(id);
const strays = () => listStraysAcrossWorkspaces(services.across, 100);

/** What a worker leaves that placed a version after its agent was purged: no row knows it. */
async function plantOrphan(): Promise<string> {
  const agentId = newId("agent");
  const purged = { actorKind: "system", action: "agent.purge", targetKind: "agent", targetId: agentId, metadata: {} } as const;
  await recordWorkspaceAudit(services.across, rig.scope.workspaceId, purged);
  return plantStray(rig.scope.workspaceId, agentId);
}

async function plantStray(workspaceId: string, agentId: string): Promise<string> {
  const placement = placementOf("export default () => 'stray';", { workspaceId, agentId });
  await rig.fake.deploy(placement, { signal: never() });
  return placement.deploymentId;
}

async function deployLive(): Promise<string> {
  const id = await rig.deploy();
  await rig.run(id);
  return id;
}

async function auditOf(action: string) {
  const rows = services.owner
    .selectFrom("auditEntries")
    .select(["workspaceId", "targetId", "metadata"])
    .where("action", "=", action);
  return rows.execute();
}

describe("what no deployment owns", () => {
  it("is destroyed once two sweeps ten minutes apart saw it, and that is written into the platform's log", async () => {
    const live = await deployLive();
    const orphan = await plantOrphan();
    expect(await sweepPlacements(services)).toEqual({ placed: 2, orphans: 1, strangers: 0, lost: 0, settled: 0 });
    minutes(9);
    expect((await sweepPlacements(services)).settled, "young").toBe(0);
    expect(isPlaced(orphan)).toBe(true);
    minutes(2);
    expect((await sweepPlacements(services)).settled).toBe(1);
    expect([isPlaced(orphan), isPlaced(live)]).toEqual([false, true]);
    const { workspaceId } = rig.scope;
    const metadata = expect.objectContaining({ runtime: "embedded", workspaceId, reason: "no deployment owns it" });
    expect(await auditOf("placement.destroy")).toEqual([{ workspaceId: "platform", targetId: orphan, metadata }]);
    expect(await strays()).toMatchObject([{ deploymentId: orphan, kind: "orphan", outcome: "destroyed" }]);
    expect(await sweepPlacements(services)).toMatchObject({ placed: 1, orphans: 0 });
  });

  it("is left alone while its deployment is under way, however long that takes", async () => {
    const id = await rig.deploy();
    await rig.abandonIn(id, "activate");
    for (const _sweep of [1, 2, 3]) {
      await sweepPlacements(services);
      minutes(15);
    }
    expect(isPlaced(id)).toBe(true);
  });

  it("counts its time anew when it was away in between", async () => {
    const orphan = await plantOrphan();
    await sweepPlacements(services);
    rig.tamper({ placements: async () => [] });
    minutes(8);
    await sweepPlacements(services);
    expect(await strays()).toMatchObject([{ outcome: "gone" }]);
    rig.tamper();
    minutes(8);
    expect((await sweepPlacements(services)).settled).toBe(0);
    expect(isPlaced(orphan)).toBe(true);
  });

  it("of a workspace that this database has never heard of is reported and never touched", async () => {
    const stranger = await plantStray(newId("workspace"), newId("agent"));
    for (const _sweep of [1, 2, 3]) {
      expect(await sweepPlacements(services)).toMatchObject({ strangers: 1, orphans: 0, settled: 0 });
      minutes(60);
    }
    expect(isPlaced(stranger)).toBe(true);
    expect(await strays()).toMatchObject([{ kind: "stranger", settledAt: null }]);
  });

  it("is never touched by a database that is older than it, such as a restored backup or a copy that is tried out", async () => {
    const live = await deployLive();
    const newer = await plantStray(rig.scope.workspaceId, rig.agentId);
    const ofNewerAgent = await plantStray(rig.scope.workspaceId, newId("agent"));
    for (const _sweep of [1, 2, 3]) {
      expect(await sweepPlacements(services)).toMatchObject({ strangers: 2, orphans: 0, settled: 0 });
      minutes(60);
    }
    expect([live, newer, ofNewerAgent].every(isPlaced)).toBe(true);
  });

  it("with a deployment's id and another owner's tags is a stranger: destroying it could hit the rightful one", async () => {
    const live = await deployLive();
    const [placed] = await rig.fake.placements({ signal: never() });
    rig.tamper({
      placements: async () => [{ ...placed, deploymentId: live, agentId: newId("agent"), workspaceId: rig.scope.workspaceId }],
    });
    await sweepPlacements(services);
    minutes(30);
    expect(await sweepPlacements(services)).toMatchObject({ strangers: 1, settled: 0 });
    expect(isPlaced(live)).toBe(true);
  });

  it("is not what versions of an agent share, though the one that it is named by is over; without any version it is", async () => {
    const [first, second] = [await deployLive(), await deployLive()];
    const { workspaceId } = rig.scope;
    const shared = { deploymentId: first, agentId: rig.agentId, workspaceId, isOfAgent: true } as const;
    const destroyed: string[] = [];
    rig.tamper({
      placements: async () => [shared],
      destroy: async ({ deploymentId }) => void destroyed.push(deploymentId),
    });
    const takeOff = (id: string) =>
      services.owner.updateTable("deployments").set({ placementRemovedAt: services.clock.now() }).where("id", "=", id).execute();
    await takeOff(first);
    for (const _sweep of [1, 2]) {
      expect(await sweepPlacements(services)).toMatchObject({ orphans: 0, strangers: 0 });
      minutes(15);
    }
    expect(destroyed).toEqual([]);
    await takeOff(second);
    await services.owner.updateTable("agents").set({ deletedAt: services.clock.now() }).where("id", "=", rig.agentId).execute();
    expect(await sweepPlacements(services)).toMatchObject({ orphans: 1 });
    minutes(15);
    await sweepPlacements(services);
    expect(destroyed).toEqual([first]);
  });

  it("when more than half of a runtime looks unowned, nothing is destroyed and the sweep says why", async () => {
    const live = await deployLive();
    const orphans = await Promise.all(Array.from({ length: 12 }, () => plantOrphan()));
    await expect(sweepPlacements(services)).rejects.toThrow(/12 of its 13 placements belong to no deployment/);
    minutes(30);
    await expect(sweepPlacements(services)).rejects.toThrow(/Is this the right database/);
    expect([live, ...orphans].every(isPlaced)).toBe(true);
  });

  it(`at most ${settledMax} go in one sweep; the next goes on`, async () => {
    await deployLive();
    const [owned] = await rig.fake.placements({ signal: never() });
    // As if a hundred versions were in order, without the time it takes to deploy them.
    const crowd = Array.from({ length: 100 }, () => ({ ...(owned as PlacedDeployment) }));
    rig.tamper({ placements: async (options) => [...crowd, ...(await rig.fake.placements(options))] });
    const orphans = await Promise.all(Array.from({ length: settledMax + 5 }, () => plantOrphan()));
    await sweepPlacements(services);
    minutes(11);
    expect((await sweepPlacements(services)).settled).toBe(settledMax);
    expect(orphans.filter(isPlaced)).toHaveLength(5);
    expect((await sweepPlacements(services)).settled).toBe(5);
    expect(orphans.filter(isPlaced)).toEqual([]);
  });

  it("that never goes away does not keep the others waiting", async () => {
    await deployLive();
    const [owned] = await rig.fake.placements({ signal: never() });
    const crowd = Array.from({ length: 100 }, () => ({ ...(owned as PlacedDeployment) }));
    const stuck = new Set(await Promise.all(Array.from({ length: settledMax }, () => plantOrphan())));
    const others = await Promise.all(Array.from({ length: settledMax }, () => plantOrphan()));
    const inThisOrder = [...stuck, ...others];
    const place = (one: PlacedDeployment) => inThisOrder.indexOf(one.deploymentId);
    rig.tamper({
      placements: async (options) => [...crowd, ...(await rig.fake.placements(options)).sort((a, b) => place(a) - place(b))],
      destroy: async (target) => {
        if (stuck.has(target.deploymentId)) throw new AppError("RUNTIME_ERROR", "It stays.");
        await rig.fake.destroy(target);
      },
    });
    await sweepPlacements(services);
    for (let sweeps = 0; sweeps < 2; sweeps += 1) {
      minutes(11);
      await sweepPlacements(services);
    }
    expect(others.filter(isPlaced)).toEqual([]);
  });

  it("that does not go away is tried again, with the reason kept for the operator", async () => {
    const orphan = await plantOrphan();
    await sweepPlacements(services);
    minutes(11);
    const down = new AppError("RUNTIME_ERROR", "The provider does not answer.", { retryable: true });
    rig.tamper({ destroy: () => Promise.reject(down) });
    expect((await sweepPlacements(services)).settled).toBe(0);
    expect(await strays()).toMatchObject([{ failure: "The provider does not answer.", settledAt: null }]);
    rig.tamper();
    expect((await sweepPlacements(services)).settled).toBe(1);
    expect(isPlaced(orphan)).toBe(false);
  });

  it("is what remains when a version is placed after its agent was purged", async () => {
    const live = await deployLive();
    const late = rig.fake.placed.get(live);
    const agent = { agentId: rig.agentId, workspaceId: rig.scope.workspaceId };
    await services.owner.updateTable("agents").set({ deletedAt: services.clock.now() }).where("id", "=", rig.agentId).execute();
    await purgeAgent(services, agent);
    minutes(2);
    await purgeAgent(services, agent);
    if (late) await rig.fake.deploy(late, { signal: never() });
    await sweepPlacements(services);
    minutes(11);
    await sweepPlacements(services);
    expect(rig.fake.placed.size).toBe(0);
  });
});

describe("what a deployment owns and its runtime lost", () => {
  it("is placed again as it was built, in the workspace's log", async () => {
    const live = await deployLive();
    const before = rig.fake.placed.get(live);
    await rig.fake.destroy({ deploymentId: live, agentId: rig.agentId, workspaceId: rig.scope.workspaceId });
    expect(await sweepPlacements(services)).toMatchObject({ lost: 1, settled: 0 });
    minutes(2);
    expect(await sweepPlacements(services)).toMatchObject({ lost: 1, settled: 1 });
    expect(rig.fake.placed.get(live)).toEqual(before);
    expect(await auditOf("deployment.place_again")).toMatchObject([{ workspaceId: rig.scope.workspaceId, targetId: live }]);
    expect(await sweepPlacements(services)).toMatchObject({ lost: 0 });
  });

  it("whose stored module is gone is marked with what to do, and destroys nothing", async () => {
    const live = await deployLive();
    await rig.fake.destroy({ deploymentId: live, agentId: rig.agentId, workspaceId: rig.scope.workspaceId });
    await services.blobs.delete(`${rig.scope.workspaceId}/modules/${live}.mjs`);
    await sweepPlacements(services);
    minutes(2);
    expect(await sweepPlacements(services)).toMatchObject({ settled: 0 });
    const [stray] = await strays();
    expect(stray).toMatchObject({ kind: "lost", failure: expect.stringContaining("Upload the bundle again") });
  });

  it("is not believed to be lost when the runtime cannot say what it holds", async () => {
    await deployLive();
    rig.tamper({ placements: () => Promise.reject(new AppError("RUNTIME_ERROR", "It does not answer.", { retryable: true })) });
    await expect(sweepPlacements(services)).rejects.toThrow("embedded: It does not answer.");
    expect(await strays()).toEqual([]);
  });
});
