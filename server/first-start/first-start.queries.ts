// What the first start finds of earlier starts.
import type { Db } from "~/db/client";
import type { WorkspaceScope } from "~/server/auth/scope";

/** The sample by its name, else the oldest agent that is live: whoever removed the sample does not get it back. */
export function findAgentToShow(tx: Db, scope: WorkspaceScope, sampleName: string) {
  return tx
    .selectFrom("agents")
    .select(["id", "name", "activeDeploymentId", "disabledAt"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("deletedAt", "is", null)
    .where((where) => where.or([where("name", "=", sampleName), where("activeDeploymentId", "is not", null)]))
    .orderBy((order) => order.case().when("name", "=", sampleName).then(0).else(1).end())
    .orderBy("createdAt")
    .limit(1)
    .executeTakeFirst();
}

/** A deployment that an earlier start asked for and that is still under way. */
export function findUnfinishedDeployment(tx: Db, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("deployments")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .where("status", "in", ["queued", "running"])
    .where("activates", "=", true)
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();
}

export function findDeploymentOutcome(tx: Db, scope: WorkspaceScope, deploymentId: string) {
  return tx
    .selectFrom("deployments")
    .select(["status", "stage", "failureReason"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", deploymentId)
    .executeTakeFirst();
}

export function listLiveKeysByName(tx: Db, scope: WorkspaceScope, key: { name: string; createdBy: string; limit: number }) {
  return tx
    .selectFrom("apiKeys")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("name", "=", key.name)
    .where("createdBy", "=", key.createdBy)
    .where("revokedAt", "is", null)
    .orderBy("id")
    .limit(key.limit)
    .execute();
}
