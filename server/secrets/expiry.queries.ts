// When secrets want to be replaced, and whom to remind of it.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { WorkspaceScope } from "~/server/auth/scope";

/** A new moment is reminded of anew. Answers nothing when the secret is not set. */
export function setExpiryIfSet(tx: Db, scope: WorkspaceScope, secret: { agentId: string; name: string; expiresAt: Date | null }) {
  return tx
    .updateTable("agentSecrets")
    .set({ expiresAt: secret.expiresAt, expiryToldDays: null })
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", secret.agentId)
    .where("name", "=", secret.name)
    .where("sealedValue", "is not", null)
    .returning("name")
    .executeTakeFirst();
}

/** Agents with a secret whose next reminder is due; each with its workspace. */
export function listAgentsToRemindAcrossWorkspaces(db: Db, now: Date, limit: number) {
  return db
    .selectFrom("agentSecrets as secret")
    .innerJoin("agents", "agents.id", "secret.agentId")
    .innerJoin("workspaces", "workspaces.id", "secret.workspaceId")
    .select(["secret.workspaceId", "secret.agentId", "agents.name as agentName", "workspaces.name as workspaceName"])
    .where("agents.deletedAt", "is", null)
    .where("workspaces.disabledAt", "is", null)
    .where("secret.sealedValue", "is not", null)
    .where(dueDays(now), "is not", null)
    .where(sql<boolean>`secret.expiry_told_days is null or secret.expiry_told_days > ${dueDays(now)}`)
    .groupBy(["secret.workspaceId", "secret.agentId", "agents.name", "workspaces.name"])
    .orderBy("secret.agentId")
    .limit(limit)
    .execute();
}

/** Of racing sweeps exactly one is told of a secret: it writes the letter in the same transaction. */
export function setExpiryToldIfDueAcrossWorkspaces(tx: Db, agent: { workspaceId: string; agentId: string }, now: Date) {
  return tx
    .updateTable("agentSecrets as secret")
    .set({ expiryToldDays: dueDays(now) })
    .where("workspaceId", "=", agent.workspaceId)
    .where("agentId", "=", agent.agentId)
    .where("sealedValue", "is not", null)
    .where(dueDays(now), "is not", null)
    .where(sql<boolean>`secret.expiry_told_days is null or secret.expiry_told_days > ${dueDays(now)}`)
    .returning(["name", "version", "expiresAt", "expiryToldDays"])
    .execute();
}

/** The last of the reminders whose time has come; null while none has. */
function dueDays(now: Date) {
  return sql<number | null>`case
    when secret.expires_at <= ${now}::timestamptz then 0
    when secret.expires_at <= ${now}::timestamptz + interval '3 days' then 3
    when secret.expires_at <= ${now}::timestamptz + interval '14 days' then 14 end`;
}

/** Members with what was granted or withheld of the one area that concerns secrets; nobody whose account is disabled. */
export function listPossibleReadersAcrossWorkspaces(db: Db, workspaceId: string, limit: number) {
  return db
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.userId")
    .leftJoin("memberGrants as grant", (join) =>
      join
        .onRef("grant.workspaceId", "=", "memberships.workspaceId")
        .onRef("grant.userId", "=", "memberships.userId")
        .on("grant.area", "=", "agent_behaviour"),
    )
    .select(["users.email", "users.displayName", "memberships.role", "grant.isGranted"])
    .where("memberships.workspaceId", "=", workspaceId)
    .where("users.disabledAt", "is", null)
    .orderBy("users.id")
    .limit(limit)
    .execute();
}
