// A stranger goes on an operator's word alone: the very one that was shown, written down first, and never anything of ours.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { UserPrincipal } from "~/server/auth/principal";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import type { PlacedDeployment } from "~/server/providers/provider";
import { placementOf } from "~/server/testing/agent-host";
import { type DeployRig, openDeployRig } from "~/server/testing/deploy-rig";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { removeStranger } from "./remove-stranger";
import type { RemoveStrangerInput } from "./runtimes.contract";
import { listStraysAcrossWorkspaces } from "./strays.queries";
import { sweepPlacements } from "./sweep-placements";

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

const operator: UserPrincipal = {
  kind: "user",
  userId: newId("user"),
  email: "operator@example.com",
  displayName: "Operator",
  emailVerified: true,
  isSuperAdmin: true,
  sessionIdHash: "none",
  provenAt: new Date(0),
};
const never = () => new AbortController().signal;
const strays = () => listStraysAcrossWorkspaces(services.across, 100);
const audited = () => services.owner.selectFrom("auditEntries").selectAll().where("action", "=", "placement.remove").execute();

/** Placed, and seen by a sweep. */
async function plantStranger(owner: Partial<PlacedDeployment> = {}): Promise<PlacedDeployment> {
  const placement = placementOf("export default () => 'stray';", {
    workspaceId: newId("workspace"),
    agentId: newId("agent"),
    ...owner,
  });
  await rig.fake.deploy(placement, { signal: never() });
  await sweepPlacements(services);
  return placement;
}

function remove(deploymentId: string, changes: Partial<RemoveStrangerInput> = {}): Promise<void> {
  const visitor = { traceId: "trc_test", ipAddress: "192.0.2.7", userAgent: null };
  const input = { runtime: "embedded", deploymentId, confirmation: deploymentId, reason: "Left by a copy.", ...changes } as const;
  return removeStranger(services, { operator, visitor }, input);
}

it("is destroyed, with whose word it was and why in the platform's log", async () => {
  const { deploymentId, workspaceId, agentId } = await plantStranger();
  await remove(deploymentId);
  expect(rig.fake.placed.has(deploymentId)).toBe(false);
  expect(await strays()).toMatchObject([{ kind: "stranger", outcome: "destroyed" }]);
  expect(await audited()).toMatchObject([
    {
      workspaceId: "platform",
      actorKind: "user",
      targetId: deploymentId,
      metadata: { workspaceId, agentId, reason: "Left by a copy." },
    },
  ]);
  await expect(remove(deploymentId), "it is done").rejects.toMatchObject({ code: "NOT_FOUND" });
});

it("is written down before it is tried", async () => {
  const { deploymentId } = await plantStranger();
  rig.tamper({ destroy: () => Promise.reject(new AppError("RUNTIME_ERROR", "It stays.")) });
  await expect(remove(deploymentId)).rejects.toThrow("It stays.");
  expect(await audited()).toHaveLength(1);
  expect(await strays()).toMatchObject([{ settledAt: null }]);
});

it("stays when its id is not typed, when nobody saw it, and when the runtime holds another by now", async () => {
  const { deploymentId } = await plantStranger();
  await expect(remove(deploymentId, { confirmation: "yes" })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  await expect(remove(newId("deployment"))).rejects.toMatchObject({ code: "NOT_FOUND" });
  rig.tamper({ placements: async () => [{ deploymentId, agentId: newId("agent"), workspaceId: newId("workspace") }] });
  await expect(remove(deploymentId)).rejects.toMatchObject({ code: "CONFLICT", details: { reason: "stray_gone" } });
  expect(rig.fake.placed.has(deploymentId)).toBe(true);
  expect(await audited()).toEqual([]);
});

it("is not what a deployment of ours goes by the id of, nor what an owner of ours was found for", async () => {
  const live = await rig.deploy();
  await rig.run(live);
  const forged = { deploymentId: live, agentId: newId("agent"), workspaceId: rig.scope.workspaceId };
  rig.tamper({ placements: async () => [forged] });
  await sweepPlacements(services);
  await expect(remove(live)).rejects.toMatchObject({ code: "CONFLICT", details: { reason: "stray_named_like_ours" } });
  rig.tamper();
  await expect(remove(live)).rejects.toMatchObject({ code: "CONFLICT" });
  expect(rig.fake.placed.has(live)).toBe(true);
});

it("stays while it is all that holds the sessions of an agent of ours, and goes once that agent's own version is back", async () => {
  const live = await rig.deploy();
  await rig.run(live);
  const { agentId, workspaceId } = await services.owner
    .selectFrom("deployments")
    .select(["agentId", "workspaceId"])
    .where("id", "=", live)
    .executeTakeFirstOrThrow();
  const { deploymentId } = await plantStranger({ agentId, workspaceId });
  const ours = rig.fake.placed.get(live);
  await rig.fake.destroy({ deploymentId: live, agentId, workspaceId });
  await expect(remove(deploymentId)).rejects.toMatchObject({ code: "CONFLICT", details: { reason: "stray_holds_sessions" } });
  expect([rig.fake.placed.has(deploymentId), await audited()]).toEqual([true, []]);
  if (ours) await rig.fake.deploy(ours, { signal: never() });
  await remove(deploymentId);
  expect([rig.fake.placed.has(deploymentId), rig.fake.placed.has(live)]).toEqual([false, true]);
});

it("an orphan is the sweep's own business", async () => {
  const live = await rig.deploy();
  await rig.run(live);
  await services.owner
    .updateTable("deployments")
    .set({ placementRemovedAt: services.clock.now() })
    .where("id", "=", live)
    .execute();
  await sweepPlacements(services);
  expect(await strays()).toMatchObject([{ kind: "orphan" }]);
  await expect(remove(live)).rejects.toMatchObject({ code: "NOT_FOUND" });
});
