// What the switches write: who is disabled, which sessions and keys end. Each compares before it sets.
import { sql } from "kysely";
import type { Db } from "~/db/client";

type Disabling = { reason: string; at: Date };

/**
 * Locks the rows of everybody who operates the platform, in one order, so that two operators who disable each other at once do so
 * one after the other. `emails` is the configured list.
 */
export function lockSuperAdminsAcrossWorkspaces(tx: Db, emails: string[]) {
  return tx
    .selectFrom("users")
    .select(["id", "disabledAt"])
    .where(({ or, and, eb }) =>
      or([
        eb("isSuperAdmin", "=", true),
        and([eb(sql`email`, "=", sql`any(${emails}::text[])`), eb("emailVerifiedAt", "is not", null)]),
      ]),
    )
    .orderBy("id")
    .forNoKeyUpdate()
    .execute();
}

/** Nothing comes back when it is disabled already. */
export function setUserDisabledIfEnabledAcrossWorkspaces(tx: Db, userId: string, { reason, at }: Disabling) {
  return tx
    .updateTable("users")
    .set({ disabledAt: at, disabledReason: reason })
    .where("id", "=", userId)
    .where("disabledAt", "is", null)
    .returning("id")
    .executeTakeFirst();
}

export function setUserEnabledIfDisabledAcrossWorkspaces(tx: Db, userId: string) {
  return tx
    .updateTable("users")
    .set({ disabledAt: null, disabledReason: null })
    .where("id", "=", userId)
    .where("disabledAt", "is not", null)
    .returning("id")
    .executeTakeFirst();
}

export function setWorkspaceDisabledIfEnabledAcrossWorkspaces(tx: Db, workspaceId: string, { reason, at }: Disabling) {
  return tx
    .updateTable("workspaces")
    .set({ disabledAt: at, disabledReason: reason })
    .where("id", "=", workspaceId)
    .where("disabledAt", "is", null)
    .returning("id")
    .executeTakeFirst();
}

export function setWorkspaceEnabledIfDisabledAcrossWorkspaces(tx: Db, workspaceId: string) {
  return tx
    .updateTable("workspaces")
    .set({ disabledAt: null, disabledReason: null })
    .where("id", "=", workspaceId)
    .where("disabledAt", "is not", null)
    .returning("id")
    .executeTakeFirst();
}

/** All of one person, all of a workspace's members, or everybody's; `keptIdHash` stays. Answers whose they were. */
export async function deleteSessionsAcrossWorkspaces(
  tx: Db,
  of: { userId?: string; workspaceId?: string },
  keptIdHash: string,
): Promise<string[]> {
  const rows = await tx
    .deleteFrom("userSessions")
    .where("idHash", "!=", keptIdHash)
    .$if(of.userId !== undefined, (query) => query.where("userId", "=", of.userId ?? ""))
    .$if(of.workspaceId !== undefined, (query) =>
      query.where("userId", "in", (members) =>
        members
          .selectFrom("memberships")
          .select("userId")
          .where("workspaceId", "=", of.workspaceId ?? ""),
      ),
    )
    .returning("userId")
    .execute();
  return rows.map(({ userId }) => userId);
}

/** Answers the workspace of each key that worked until now. */
export async function setKeysRevokedIfLiveAcrossWorkspaces(
  tx: Db,
  of: { userId: string } | { workspaceId: string } | { keyId: string },
  at: Date,
): Promise<{ id: string; workspaceId: string; name: string; prefix: string }[]> {
  return tx
    .updateTable("apiKeys")
    .set({ revokedAt: at })
    .where("revokedAt", "is", null)
    .$if("userId" in of, (query) => query.where("createdBy", "=", "userId" in of ? of.userId : ""))
    .$if("workspaceId" in of, (query) => query.where("workspaceId", "=", "workspaceId" in of ? of.workspaceId : ""))
    .$if("keyId" in of, (query) => query.where("id", "=", "keyId" in of ? of.keyId : ""))
    .returning(["id", "workspaceId", "name", "prefix"])
    .execute();
}

/** Every workspace that one of these people belongs to, in the order in which chains are written. */
export async function findWorkspaceIdsOfAcrossWorkspaces(tx: Db, userIds: string[], limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct workspace_id as id from memberships where user_id = any(${userIds}::text[]) order by 1 limit ${limit}`.execute(
    tx,
  );
  return rows.map(({ id }) => id);
}

type Foreseen = { queued: number; running: number; liveKeys: number; sessions: number; people: number; agents: number };

/** What an act upon a person, a workspace, or everybody (neither) would meet. */
export async function findForesightAcrossWorkspaces(
  db: Db,
  of: { userId: string | null; workspaceId: string | null; now: Date },
): Promise<Foreseen> {
  const { userId, workspaceId, now } = of;
  const { rows } = await sql<Foreseen>`
    with unfinished as (
      select status from deployments
      where status in ('queued', 'running') and (${workspaceId}::text is null or workspace_id = ${workspaceId})
        and (${userId}::text is null or created_by = ${userId})
    ), members as (
      select distinct user_id from memberships where workspace_id = ${workspaceId}
    ), live_sessions as (
      select user_id from user_sessions
      where expires_at > ${now} and ends_at > ${now} and (${userId}::text is null or user_id = ${userId})
        and (${workspaceId}::text is null or user_id in (select user_id from members))
    )
    select
      (select count(*) from unfinished where status = 'queued') as "queued",
      (select count(*) from unfinished where status = 'running') as "running",
      (select count(*) from api_keys where revoked_at is null and (expires_at is null or expires_at > ${now})
        and (${workspaceId}::text is null or workspace_id = ${workspaceId})
        and (${userId}::text is null or created_by = ${userId})) as "liveKeys",
      (select count(*) from live_sessions) as "sessions",
      (select count(distinct user_id) from live_sessions) as "people",
      (select count(*) from agents where workspace_id = ${workspaceId} and deleted_at is null and active_deployment_id is not null) as "agents"`.execute(
    db,
  );
  return rows[0] ?? { queued: 0, running: 0, liveKeys: 0, sessions: 0, people: 0, agents: 0 };
}

/** What a freshly enabled person or workspace has waiting; the sweep finds what lies beyond the limit. */
export function listQueuedOfAcrossWorkspaces(db: Db, of: { userId: string } | { workspaceId: string }, limit: number) {
  return db
    .selectFrom("deployments")
    .select(["id as deploymentId", "workspaceId"])
    .where("status", "=", "queued")
    .$if("userId" in of, (query) => query.where("createdBy", "=", "userId" in of ? of.userId : ""))
    .$if("workspaceId" in of, (query) => query.where("workspaceId", "=", "workspaceId" in of ? of.workspaceId : ""))
    .orderBy("createdAt")
    .limit(limit)
    .execute();
}

export function listDeletedAgentsOfAcrossWorkspaces(db: Db, workspaceId: string, limit: number) {
  return db
    .selectFrom("agents")
    .select(["id as agentId", "workspaceId"])
    .where("workspaceId", "=", workspaceId)
    .where("deletedAt", "is not", null)
    .limit(limit)
    .execute();
}
