// The agent's pointer to its live version.
import type { Db } from "~/db/client";

/** Racing activations of one agent pass here one after the other. */
export function lockAgentAcrossWorkspaces(tx: Db, agent: { workspaceId: string; agentId: string }) {
  return tx
    .selectFrom("agents")
    .select(["id", "activeDeploymentId", "deletedAt"])
    .where("workspaceId", "=", agent.workspaceId)
    .where("id", "=", agent.agentId)
    .forUpdate()
    .executeTakeFirst();
}

export async function setActiveDeploymentAcrossWorkspaces(
  tx: Db,
  pointer: { workspaceId: string; agentId: string; deploymentId: string; at: Date },
): Promise<void> {
  await tx
    .updateTable("agents")
    .set({ activeDeploymentId: pointer.deploymentId, updatedAt: pointer.at })
    .where("workspaceId", "=", pointer.workspaceId)
    .where("id", "=", pointer.agentId)
    .execute();
}

export function findVersionAcrossWorkspaces(tx: Db, key: { workspaceId: string; deploymentId: string }) {
  return tx
    .selectFrom("deployments")
    .select("version")
    .where("workspaceId", "=", key.workspaceId)
    .where("id", "=", key.deploymentId)
    .executeTakeFirst();
}

/** Named by the runtime that holds it: what a host says is looked up, not believed. */
export function findPlacedVersionAcrossWorkspaces(db: Db, deploymentId: string) {
  return db
    .selectFrom("deployments")
    .select(["workspaceId", "runtime", "moduleSha256"])
    .where("id", "=", deploymentId)
    .executeTakeFirst();
}
