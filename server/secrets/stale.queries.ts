// What the stale-secret map is made of: versions that may run, the keys they name, and what is set now.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { WorkspaceScope } from "~/server/auth/scope";

/** Versions that were placed: the live ones first, then the newest. */
export function listPlacedVersions(tx: Db, scope: WorkspaceScope, agentId: string | undefined, limit: number) {
  return tx
    .selectFrom("deployments as version")
    .innerJoin("agents", "agents.id", "version.agentId")
    .select(["version.id as deploymentId", "version.agentId", "agents.name as agentName", "version.version", "version.runtime"])
    .select(["version.secretVersions", sql<boolean>`version.status = 'active'`.as("isLive")])
    .select(sql<{ requiredKeys?: string[]; optionalKeys?: string[] } | null>`version.manifest -> 'env'`.as("keys"))
    .where("version.workspaceId", "=", scope.workspaceId)
    .where("version.status", "in", ["active", "ready", "superseded"])
    .where("agents.deletedAt", "is", null)
    .$if(agentId !== undefined, (query) => query.where("version.agentId", "=", agentId ?? ""))
    .orderBy(sql`version.status = 'active'`, "desc")
    .orderBy("version.createdAt", "desc")
    .limit(limit)
    .execute();
}

/** Of each agent the versions of what is set. */
export function listCurrentVersions(tx: Db, scope: WorkspaceScope, agentIds: readonly string[]) {
  return tx
    .selectFrom("agentSecrets")
    .select(["agentId", "name", "version"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "in", agentIds)
    .where("sealedValue", "is not", null)
    .execute();
}
