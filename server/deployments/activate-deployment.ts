// Makes a finished version the live one: rollback and promotion move the pointer, nothing is built again (MISSION C5).
import { inWorkspace } from "~/db/transaction";
import { announceAgentChange } from "~/server/agents/agent-changes";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { ringWatchers } from "./deployment-doorbell";
import { toDeploymentItem } from "./deployment-item";
import type { DeploymentItem } from "./deployments.contract";
import { type DeploymentRow, findDeployment, lockAgent } from "./deployments.queries";
import { findAgentUnlocked } from "./foresight.queries";
import { readDeployment } from "./get-deployment";
import { placeDeadlineMs } from "./in-stage";
import { assertEnabled, judgeActivation } from "./judge-activation";
import { makeActive } from "./make-active";
import { placementOf } from "./placement-of";
import { readVerified } from "./read-verified";
import { takeBackIfUnwanted } from "./take-back-unwanted";

type Needs = Pick<Services, "db" | "across" | "clock" | "redis" | "log" | "blobs" | "providers">;

/** Rejects with `CONFLICT` for a version that never passed its probe, `DEPLOYMENT_FAILED` when its stored files were altered. */
export async function activateDeployment(needs: Needs, scope: WorkspaceScope, deploymentId: string): Promise<DeploymentItem> {
  const row = await readDeployment(needs, scope, deploymentId);
  if (row.status === "active") return toDeploymentItem(row);
  const moved = await placeAgain(needs, scope, row)
    .then(() => movePointer(needs, scope, row))
    .catch(async (error) => {
      await takeBackIfUnwanted(needs, row);
      throw error;
    });
  await announceAgentChange(needs, row.agentId);
  await ringWatchers(needs, deploymentId);
  if (moved.previousId) await ringWatchers(needs, moved.previousId);
  return moved.item;
}

/** The runtime may have lost it since: placing is idempotent, and starting it shows now what a caller would meet later. */
async function placeAgain(needs: Needs, scope: WorkspaceScope, row: DeploymentRow): Promise<void> {
  const key = { workspaceId: scope.workspaceId, deploymentId: row.id };
  const current = await inWorkspace(needs.db, scope, async (tx) => {
    const agent = await findAgentUnlocked(tx, scope, row.agentId);
    if (!agent) throw notFound("deployment");
    const judged = await judgeActivation(tx, needs, scope, { row, agent });
    if (judged.refusals[0]) throw judged.refusals[0];
    return judged.plan;
  });
  if (row.moduleBlobKey === null || row.moduleSha256 === null) throw notFound("deployment");
  await readVerified(needs, { ...key, what: "bundle", blobKey: row.bundleBlobKey, sha256: row.bundleSha256 });
  const bytes = await readVerified(needs, { ...key, what: "module", blobKey: row.moduleBlobKey, sha256: row.moduleSha256 });
  const module = { text: bytes.toString("utf8"), sha256: row.moduleSha256 };
  const provider = needs.providers.get(row.runtime);
  const signal = AbortSignal.timeout(placeDeadlineMs[row.runtime]);
  await provider.deploy(placementOf(row, current.plan, module), { signal });
  await provider.activate({ ...key, agentId: row.agentId }, { signal });
}

function movePointer(needs: Needs, scope: WorkspaceScope, row: DeploymentRow) {
  const key = { workspaceId: scope.workspaceId, deploymentId: row.id };
  return inWorkspace(needs.db, scope, async (tx) => {
    const agent = await lockAgent(tx, scope, row.agentId);
    if (!agent) throw notFound("deployment");
    assertEnabled(agent);
    await makeActive(tx, { key, agent, from: ["ready", "superseded"], at: needs.clock.now() });
    const metadata = { agentId: row.agentId, version: row.version, from: agent.activeDeploymentId ?? "nothing" };
    await recordAudit(tx, scope, { action: "deployment.activate", targetKind: "deployment", targetId: row.id, metadata });
    const after = await findDeployment(tx, scope, row.id);
    return { item: toDeploymentItem(after ?? row), previousId: agent.activeDeploymentId };
  });
}
