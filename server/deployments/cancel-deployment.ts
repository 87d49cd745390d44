// Cancels a deployment in any stage: a queued one at once, a running one as soon as its worker hears of it (MISSION C4).
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { ringWatchers } from "./deployment-doorbell";
import { toDeploymentItem } from "./deployment-item";
import { type DeploymentItem, isFinished } from "./deployments.contract";
import { runDeploymentJob } from "./deployments.jobs";
import { type DeploymentRow, findDeployment, requestCancelIfRunning } from "./deployments.queries";
import { transitionDeployment } from "./transition-deployment";

/** Of racing callers exactly one wins; the others get `CONFLICT`, as does whoever comes when it is finished. */
export async function cancelDeployment(
  needs: Pick<Services, "db" | "clock" | "redis" | "queue" | "log">,
  scope: WorkspaceScope,
  deploymentId: string,
): Promise<DeploymentItem> {
  const key = { deploymentId, workspaceId: scope.workspaceId };
  const item = await inWorkspace(needs.db, scope, async (tx) => {
    const before = await findDeployment(tx, scope, deploymentId);
    if (!before) throw notFound("deployment");
    const at = needs.clock.now();
    const won =
      (await transitionDeployment(tx, { ...key, from: ["queued"], to: "cancelled", at })) ||
      (await requestCancelIfRunning(tx, scope, deploymentId, at));
    const after = (await findDeployment(tx, scope, deploymentId)) ?? before;
    if (!won) throw refusalOf(after);
    const metadata = { agentId: after.agentId, version: after.version, stage: after.stage };
    await recordAudit(tx, scope, { action: "deployment.cancel", targetKind: "deployment", targetId: deploymentId, metadata });
    return toDeploymentItem(after);
  });
  await ringWatchers(needs, deploymentId);
  // Should its worker be lost, whoever takes it up next finds the wish.
  if (!isFinished(item.status)) await needs.queue.ring(runDeploymentJob, key);
  return item;
}

function refusalOf(row: DeploymentRow): AppError {
  return new AppError(
    "CONFLICT",
    isFinished(row.status) ? `The deployment is already ${row.status}.` : "The deployment is already being cancelled.",
  );
}
