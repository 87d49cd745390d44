// Old versions go with all they had; the live one, the last three and whatever is under way stay; history stays (MISSION C5, D6).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAgent } from "~/server/agents/create-agent";
import { type DeployRig, openDeployRig } from "~/server/testing/deploy-rig";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { activateDeployment } from "./activate-deployment";
import { choosePruned } from "./choose-pruned";
import { createDeployment } from "./create-deployment";
import { listDeployments } from "./list-deployments";
import { retryDeployment } from "./retry-deployment";
import { sweepVersions } from "./sweep-versions";

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

const broken = `throw new Error("broken");`;

/** Deploys and runs so many versions, oldest first; each is live until the next one. */
async function grow(count: number, source?: string): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) {
    const id = await rig.deploy(source);
    await rig.run(id);
    ids.push(id);
  }
  return ids;
}

/** The workspace's plan keeps so many. */
async function keep(deploymentsKeptMax: number): Promise<void> {
  const changes = JSON.stringify({ deploymentsKeptMax });
  const override = { workspaceId: rig.scope.workspaceId, changes, reason: "a test", setBy: rig.scope.principal.userId };
  await services.owner
    .insertInto("planOverrides")
    .values({ ...override, setAt: services.clock.now() })
    .execute();
}

async function sweepLater() {
  services.clock.advance(60_000);
  return sweepVersions(services);
}

const prunedVersions = async (): Promise<number[]> => {
  const { items } = await listDeployments(services, rig.scope, { agentId: rig.agentId, limit: 100 });
  return items.filter((item) => item.prunedAt !== null).map((item) => item.version);
};
const uploadOf = async (id: string) =>
  services.owner
    .selectFrom("deployments")
    .innerJoin("uploads", "uploads.id", "deployments.uploadId")
    .select(["uploads.id", "uploads.blobKey"])
    .where("deployments.id", "=", id)
    .executeTakeFirstOrThrow();
const isStored = (blobKey: string) =>
  services.blobs.read(blobKey).then(
    () => true,
    () => false,
  );
const moduleKeyOf = (id: string) => `${rig.scope.workspaceId}/modules/${id}.mjs`;

describe("what a plan keeps", () => {
  it("is its newest versions that could go live, counted apart from those that never could", () => {
    const versions = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((version) => ({
      id: String(version),
      version,
      status: version % 2 ? ("superseded" as const) : ("failed" as const),
    }));
    expect(choosePruned(versions, 4).map(({ version }) => version)).toEqual([1]);
    expect(choosePruned(versions, 3).map(({ version }) => version)).toEqual([3, 1, 2]);
  });

  it("is three at the least, however small the plan is, and the live one in any place", () => {
    const versions = [1, 2, 3, 4, 5].map((version) => ({ id: String(version), version, status: "superseded" as const }));
    expect(choosePruned(versions, 0).map(({ version }) => version)).toEqual([2, 1]);
    expect(choosePruned([...versions, { id: "0", version: 0, status: "active" as const }], 0)).toHaveLength(2);
  });
});

describe("the sweep of versions", () => {
  it("takes what is older off its runtime and out of storage; rows, statuses and history stay", async () => {
    await keep(3);
    const ids = await grow(6);
    const before = await rig.detailOf(ids[0] ?? "");
    expect(await sweepLater()).toEqual({ pruned: 2, takenOff: 0, unreachable: 0, bundlesRemoved: 2 });
    expect(await prunedVersions()).toEqual([2, 1]);
    expect([...rig.fake.placed.keys()].sort()).toEqual(ids.slice(2).sort());
    for (const [at, id] of ids.entries()) {
      expect(await isStored(moduleKeyOf(id)), `module of ${at + 1}`).toBe(at >= 2);
      expect(await isStored((await uploadOf(id)).blobKey), `bundle of ${at + 1}`).toBe(at >= 2);
    }
    const after = await rig.detailOf(ids[0] ?? "");
    expect(after).toMatchObject({ status: "superseded", steps: before.steps, logs: before.logs, fileName: before.fileName });
    const audited = services.owner.selectFrom("auditEntries").select("metadata").where("action", "=", "deployment.prune");
    expect(await audited.execute()).toEqual([{ metadata: { versions: 2, oldest: 1, newest: 2, kept: 3 } }]);
    const isForGood = { pruned: 0, takenOff: 2, unreachable: 0, bundlesRemoved: 0 };
    expect(await sweepLater(), "asked once more, when nobody can place it any longer").toEqual(isForGood);
    expect(await sweepLater()).toEqual({ ...isForGood, takenOff: 0 });
  });

  it("never touches the live version, even when it is the oldest", async () => {
    await keep(3);
    const ids = await grow(5);
    await activateDeployment(services, rig.scope, ids[1] ?? "");
    await sweepLater();
    expect(await prunedVersions()).toEqual([1]);
    expect(await rig.liveDeploymentId()).toBe(ids[1]);
    expect(rig.fake.placed.has(ids[1] ?? "")).toBe(true);
  });

  it("leaves an agent alone while a version of it is under way", async () => {
    await keep(3);
    await grow(6);
    const underWay = await rig.deploy();
    expect(await sweepLater()).toMatchObject({ pruned: 0 });
    await rig.run(underWay);
    expect(await sweepLater()).toMatchObject({ pruned: 3 });
  });

  it("makes a rollback to what was pruned a clear conflict", async () => {
    await keep(3);
    const ids = await grow(5);
    await sweepLater();
    await expect(activateDeployment(services, rig.scope, ids[0] ?? "")).rejects.toMatchObject({
      code: "CONFLICT",
      details: { reason: "version_pruned" },
    });
  });

  it("wins against a rollback that began before it, and the live version stays", async () => {
    await keep(4);
    const ids = await grow(5);
    let placed: Parameters<typeof rig.fake.deploy>;
    rig.tamper({
      deploy: (...placing) => {
        placed = placing;
        return rig.fake.deploy(...placing);
      },
      activate: async (...started) => {
        const smaller = { changes: JSON.stringify({ deploymentsKeptMax: 3 }) };
        await services.owner.updateTable("planOverrides").set(smaller).execute();
        expect(await sweepLater()).toMatchObject({ pruned: 1 });
        await rig.fake.deploy(...placed);
        return rig.fake.activate(...started);
      },
    });
    await expect(activateDeployment(services, rig.scope, ids[0] ?? "")).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await rig.liveDeploymentId()).toBe(ids[4]);
    expect((await rig.detailOf(ids[4] ?? "")).status).toBe("active");
    expect(rig.fake.placed.has(ids[0] ?? ""), "placed behind the sweep's back").toBe(false);
  });

  it("keeps a bundle that another version still needs, and refuses to deploy one that is gone", async () => {
    await keep(3);
    const ids = await grow(5);
    const { id: uploadId, blobKey } = await uploadOf(ids[0] ?? "");
    const second = await createAgent(services, rig.scope, { name: "second", description: "" });
    await rig.run(
      (await createDeployment(services, rig.scope, { agentId: second.agentId, uploadId, activate: true })).deploymentId,
    );
    await sweepLater();
    expect(await prunedVersions()).toEqual([1]);
    expect(await isStored(blobKey)).toBe(true);
    await grow(1);
    await sweepLater();
    const gone = await uploadOf(ids[1] ?? "");
    await expect(
      createDeployment(services, rig.scope, { agentId: rig.agentId, uploadId: gone.id, activate: true }),
    ).rejects.toMatchObject({ code: "CONFLICT", details: { reason: "bundle_pruned" } });
  });

  it("prunes failed attempts too; one of them cannot be tried again then", async () => {
    await keep(3);
    const [live] = await grow(1);
    const ids = await grow(5, broken);
    await sweepLater();
    expect(await prunedVersions()).toEqual([3, 2]);
    expect(await rig.liveDeploymentId()).toBe(live);
    await expect(retryDeployment(services, rig.scope, ids[0] ?? "")).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("asks a runtime that is down again, until it confirmed; nothing is forgotten meanwhile", async () => {
    await keep(3);
    const ids = await grow(5);
    rig.tamper({ destroy: () => Promise.reject(new Error("away")) });
    expect(await sweepLater()).toMatchObject({ pruned: 1, takenOff: 0, unreachable: 1 });
    expect(await sweepLater()).toMatchObject({ pruned: 0, takenOff: 0, unreachable: 1 });
    expect(rig.fake.placed.has(ids[0] ?? "")).toBe(true);
    rig.tamper();
    expect(await sweepLater()).toMatchObject({ takenOff: 1, unreachable: 0 });
    expect(rig.fake.placed.has(ids[0] ?? "")).toBe(false);
  });

  it("takes off what a failed attempt left on a runtime that did not answer", async () => {
    rig.tamper({ destroy: () => Promise.reject(new Error("away")) });
    const [id] = await grow(1, broken);
    expect(rig.fake.placed.has(id ?? "")).toBe(true);
    rig.tamper();
    expect(await sweepLater()).toMatchObject({ takenOff: 1 });
    expect(rig.fake.placed.size).toBe(0);
  });
});
