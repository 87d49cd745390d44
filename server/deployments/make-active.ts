// Moves an agent's pointer to one version: the old live one is superseded, the new one is live, in one transaction.
import type { Tx } from "~/db/transaction";
import { AppError } from "~/server/errors";
import { setActiveDeploymentAcrossWorkspaces } from "./activation.queries";
import type { DeploymentKey } from "./deployments.jobs";
import { type Transition, transitionDeployment } from "./transition-deployment";

export type Activation = Pick<Transition, "from" | "at"> & {
  key: DeploymentKey & { leaseId?: string };
  /** As read under the lock that the caller holds on the agent's row. */
  agent: { id: string; activeDeploymentId: string | null };
};

/** Rejects with `CONFLICT` when the version is not (any more) what `from` says; nothing has moved then. */
export async function makeActive(tx: Tx, { key, agent, from, at }: Activation): Promise<void> {
  const { workspaceId } = key;
  const previous = agent.activeDeploymentId;
  if (previous !== null && previous !== key.deploymentId) {
    await transitionDeployment(tx, { workspaceId, deploymentId: previous, from: ["active"], to: "superseded", at });
  }
  if (!(await transitionDeployment(tx, { ...key, from, to: "active", at }))) {
    throw new AppError("CONFLICT", "This version changed meanwhile. Look at it again and repeat if you still want to.");
  }
  await setActiveDeploymentAcrossWorkspaces(tx, { workspaceId, agentId: agent.id, deploymentId: key.deploymentId, at });
}
