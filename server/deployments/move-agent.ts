// Moves an agent to another runtime: a new version of the bundle that is live, which goes live there once its probe passed (AHEAD 13).
import { answerInWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import { enterDeployment } from "./create-deployment";
import type { DeploymentItem } from "./deployments.contract";
import { runDeploymentJob } from "./deployments.jobs";
import { findMovable } from "./find-movable";
import type { MoveAgentInput } from "./moves.contract";
import { setPreferredRuntime } from "./moves.queries";

type Needs = Pick<Services, "db" | "clock" | "queue" | "providers">;

/**
 * The version that was live stays placed where it was: activating it is the way back. Later versions go to the new runtime as well.
 * Rejects like `createDeployment`, and with `CONFLICT` when nothing is live or it runs there already.
 */
export async function moveAgent(needs: Needs, scope: WorkspaceScope, input: MoveAgentInput): Promise<DeploymentItem> {
  const { agentId, runtime } = input;
  const item = await answerInWorkspace(needs.db, scope, async (tx) => {
    const { live } = await findMovable(tx, scope, input);
    const moved = await enterDeployment(tx, needs, scope, { agentId, uploadId: live.uploadId, runtime, activate: true });
    await setPreferredRuntime(tx, scope, { agentId, preferredRuntime: runtime, updatedAt: needs.clock.now() });
    await recordAudit(tx, scope, {
      action: "agent.move",
      targetKind: "agent",
      targetId: agentId,
      metadata: { from: live.runtime, to: runtime, fromVersion: live.version, version: moved.version },
    });
    return moved;
  });
  await needs.queue.ring(runDeploymentJob, { deploymentId: item.deploymentId, workspaceId: scope.workspaceId });
  return item;
}
