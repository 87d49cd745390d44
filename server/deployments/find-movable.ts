// The live version that a move takes along, with what stands against moving at all.
import type { Runtime } from "~/db/tables/deployments";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import { type DeploymentRow, findDeployment } from "./deployments.queries";
import { findAgentUnlocked } from "./foresight.queries";

export type Movable = { live: DeploymentRow; name: string };

/** Throws `NOT_FOUND` for the agent, `CONFLICT` while nothing of it is live, or when it runs there already. */
export async function findMovable(
  tx: Tx,
  scope: WorkspaceScope,
  { agentId, runtime }: { agentId: string; runtime: Runtime },
): Promise<Movable> {
  const agent = await findAgentUnlocked(tx, scope, agentId);
  if (!agent) throw notFound("agent");
  const live = agent.activeDeploymentId ? await findDeployment(tx, scope, agent.activeDeploymentId) : undefined;
  if (!live) {
    throw new AppError(
      "CONFLICT",
      "Nothing of this agent is live, so there is nothing to move. Choose the runtime as you deploy.",
      {
        details: { reason: "not_deployed" },
      },
    );
  }
  if (live.runtime === runtime) {
    throw new AppError("CONFLICT", `Version ${live.version} runs on ${runtime} already.`, {
      details: { reason: "same_runtime" },
    });
  }
  return { live, name: agent.name };
}
