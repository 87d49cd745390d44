// The bundle of a deleted agent stays when another agent begins to use it at that very moment (MISSION C1, C5).
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { inWorkspace } from "~/db/transaction";
import { createAgent } from "~/server/agents/create-agent";
import { deleteAgent } from "~/server/agents/delete-agent";
import { type DeployRig, openDeployRig } from "~/server/testing/deploy-rig";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { enterDeployment } from "./create-deployment";
import { purgeAgent } from "./purge-agent";

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

it("keeps an upload whose next version is being entered while its agent is purged", async () => {
  const { scope, agentId } = rig;
  await rig.run(await rig.deploy());
  const { id: uploadId } = await services.owner.selectFrom("uploads").select("id").executeTakeFirstOrThrow();
  const second = await createAgent(services, scope, { name: "second", description: "" });
  await deleteAgent(services, scope, agentId);
  services.clock.advance(10 * 60_000);
  const [reached, commit] = [latch(), latch()];
  const deploying = inWorkspace(services.db, scope, async (tx) => {
    await enterDeployment(tx, services, scope, { agentId: second.agentId, uploadId, activate: true });
    reached.open();
    await commit.opened;
  });
  await reached.opened;
  const purging = purgeAgent(services, { agentId, workspaceId: scope.workspaceId });
  const committing = somebodyWaits().finally(commit.open);
  await Promise.all([committing, deploying, purging]);
  const uploads = services.owner.selectFrom("uploads").select(["id", "prunedAt"]);
  expect(await uploads.execute()).toEqual([{ id: uploadId, prunedAt: null }]);
  expect((await services.blobs.read(`${scope.workspaceId}/uploads/${uploadId}.zip`)).length).toBeGreaterThan(0);
  const agents = services.owner.selectFrom("agents").select("id");
  expect(await agents.execute()).toEqual([{ id: second.agentId }]);
});

function latch() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Until a transaction waits for another one's lock. */
async function somebodyWaits(): Promise<void> {
  for (let look = 0; look < 2_000; look += 1) {
    const { rows } = await sql`select 1 as waiting from pg_locks join pg_stat_activity using (pid)
      where not granted and datname = current_database()`.execute(services.owner);
    if (rows.length > 0) return;
  }
  throw new Error("Nobody came to wait for a lock.");
}
