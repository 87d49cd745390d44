// A workspace as its plan sees it: what there is, in the order in which room is given, and what was used.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { AgentCoreWish } from "~/server/plans/judge-act";

export async function nameOfWorkspaceAcrossWorkspaces(db: Db, workspaceId: string): Promise<string | null> {
  const row = await db.selectFrom("workspaces").select("name").where("id", "=", workspaceId).executeTakeFirst();
  return row?.name ?? null;
}

/** The oldest first: room goes to who was there before. */
export function listPlannedAgents(tx: Db, scope: WorkspaceScope, limit: number) {
  return tx
    .selectFrom("agents")
    .leftJoin("deployments as live", (join) =>
      join.onRef("live.id", "=", "agents.activeDeploymentId").onRef("live.workspaceId", "=", "agents.workspaceId"),
    )
    .select(["agents.id as agentId", "agents.name", "live.runtime"])
    .select(sql<AgentCoreWish>`live.manifest -> 'agentcore'`.as("agentCore"))
    .where("agents.workspaceId", "=", scope.workspaceId)
    .where("agents.deletedAt", "is", null)
    .orderBy("agents.id")
    .limit(limit)
    .execute();
}

/** Owners before everybody else: whoever can mend a full plan is never shut out by it. */
export function listPlannedMembers(tx: Db, scope: WorkspaceScope, limit: number) {
  return tx
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.userId")
    .select(["memberships.userId", "users.displayName as name"])
    .where("memberships.workspaceId", "=", scope.workspaceId)
    .orderBy(sql`memberships.role = 'owner'`, "desc")
    .orderBy("memberships.createdAt")
    .orderBy("memberships.userId")
    .limit(limit)
    .execute();
}

export async function countPlannedInvitations(tx: Db, scope: WorkspaceScope, now: Date): Promise<number> {
  const row = await tx
    .selectFrom("invitations")
    .select((invitation) => invitation.fn.countAll<number>().as("open"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("acceptedAt", "is", null)
    .where("revokedAt", "is", null)
    .where("expiresAt", ">", now)
    .executeTakeFirst();
  return row?.open ?? 0;
}

/** Those that work. */
export function listPlannedKeys(tx: Db, scope: WorkspaceScope, now: Date, limit: number) {
  return tx
    .selectFrom("apiKeys")
    .select(["id as keyId", "name"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("revokedAt", "is", null)
    .where((where) => where.or([where("expiresAt", "is", null), where("expiresAt", ">", now)]))
    .where((where) => where.or([where("overlapEndsAt", "is", null), where("overlapEndsAt", ">", now)]))
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Versions that could go live again, of each agent the newest first. */
export function listPlannedDeployments(tx: Db, scope: WorkspaceScope, limit: number) {
  return tx
    .selectFrom("deployments")
    .innerJoin("agents", (join) =>
      join.onRef("agents.id", "=", "deployments.agentId").onRef("agents.workspaceId", "=", "deployments.workspaceId"),
    )
    .select([
      "deployments.id as deploymentId",
      "deployments.agentId",
      "agents.name as agentName",
      "deployments.version",
      "deployments.runtime",
    ])
    .select(sql<AgentCoreWish>`deployments.manifest -> 'agentcore'`.as("agentCore"))
    .where("deployments.workspaceId", "=", scope.workspaceId)
    .where("deployments.status", "in", ["ready", "superseded"])
    .where("agents.deletedAt", "is", null)
    .orderBy("deployments.agentId")
    .orderBy("deployments.version", "desc")
    .limit(limit)
    .execute();
}
