// What the operator's console reads about people and workspaces: facts and states, no hashes, no values, no contents.
import { type SelectQueryBuilder, sql } from "kysely";
import type { Db } from "~/db/client";
import type { Schema } from "~/db/schema";

export type Find = { search: string; isDisabled: boolean; before: string | null; limit: number };

const foundUser = [
  "id as userId",
  "email",
  "displayName",
  "isSuperAdmin",
  "emailVerifiedAt",
  "disabledAt",
  "disabledReason",
  "createdAt",
] as const;
const foundWorkspace = ["id as workspaceId", "name", "tier", "disabledAt", "disabledReason", "createdAt"] as const;

/** The newest first; ids sort by time. */
export function listUsersAcrossWorkspaces(db: Db, find: Find) {
  return db
    .selectFrom("users")
    .select(foundUser)
    .$if(find.search !== "", (query) =>
      query.where(({ or, eb }) =>
        or([
          eb("id", "=", find.search),
          eb("email", "like", partOf(find.search.toLowerCase())),
          eb("displayName", "ilike", partOf(find.search)),
        ]),
      ),
    )
    .$if(find.isDisabled, (query) => query.where("disabledAt", "is not", null))
    .$if(find.before !== null, (query) => query.where("id", "<", find.before ?? ""))
    .orderBy("id", "desc")
    .limit(find.limit)
    .execute();
}

export function listWorkspacesAcrossWorkspaces(db: Db, find: Find) {
  return db
    .selectFrom("workspaces")
    .select(foundWorkspace)
    .$if(find.search !== "", (query) =>
      query.where(({ or, eb }) => or([eb("id", "=", find.search), eb("name", "ilike", partOf(find.search))])),
    )
    .$if(find.isDisabled, (query) => query.where("disabledAt", "is not", null))
    .$if(find.before !== null, (query) => query.where("id", "<", find.before ?? ""))
    .orderBy("id", "desc")
    .limit(find.limit)
    .execute();
}

/** What people type is a text, not a pattern. */
function partOf(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
}

export function findUserAcrossWorkspaces(db: Db, userId: string) {
  return db
    .selectFrom("users")
    .select(foundUser)
    .select(sql<boolean>`password_hash is not null`.as("hasPassword"))
    .where("id", "=", userId)
    .executeTakeFirst();
}

export function findWorkspaceAcrossWorkspaces(db: Db, workspaceId: string) {
  return db.selectFrom("workspaces").select(foundWorkspace).where("id", "=", workspaceId).executeTakeFirst();
}

export function listMembershipsAcrossWorkspaces(db: Db, userId: string, limit: number) {
  return db
    .selectFrom("memberships")
    .innerJoin("workspaces", "workspaces.id", "memberships.workspaceId")
    .select(["memberships.workspaceId", "workspaces.name", "memberships.role", "workspaces.disabledAt"])
    .where("memberships.userId", "=", userId)
    .orderBy("memberships.workspaceId")
    .limit(limit)
    .execute();
}

export function listMembersAcrossWorkspaces(db: Db, workspaceId: string, limit: number) {
  return db
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.userId")
    .select(["memberships.userId", "users.displayName", "users.email", "memberships.role", "users.disabledAt"])
    .where("memberships.workspaceId", "=", workspaceId)
    .orderBy("memberships.createdAt")
    .limit(limit)
    .execute();
}

export function listAgentsAcrossWorkspaces(db: Db, workspaceId: string, limit: number) {
  return db
    .selectFrom("agents")
    .select(["id as agentId", "name", "disabledAt", sql<boolean>`active_deployment_id is not null`.as("isLive")])
    .where("workspaceId", "=", workspaceId)
    .where("deletedAt", "is", null)
    .orderBy("name")
    .limit(limit)
    .execute();
}

export function listUnfinishedAcrossWorkspaces(db: Db, workspaceId: string, limit: number) {
  return db
    .selectFrom("deployments")
    .innerJoin("agents", "agents.id", "deployments.agentId")
    .select(["deployments.id as deploymentId", "agents.name as agentName"])
    .select(["deployments.version", "deployments.status", "deployments.createdAt"])
    .select(sql<boolean>`deployments.cancel_requested_at is not null`.as("cancelRequested"))
    .where("deployments.workspaceId", "=", workspaceId)
    .where("deployments.status", "in", ["queued", "running"])
    .orderBy("deployments.createdAt")
    .limit(limit)
    .execute();
}

type Keys = SelectQueryBuilder<Schema, "apiKeys" | "workspaces", object>;

export function listKeysAcrossWorkspaces(
  db: Db,
  of: { workspaceId: string } | { userId: string } | { keyId: string },
  limit: number,
) {
  const keys: Keys = db.selectFrom("apiKeys").innerJoin("workspaces", "workspaces.id", "apiKeys.workspaceId");
  return keys
    .select(["apiKeys.id as keyId", "apiKeys.workspaceId", "workspaces.name as workspaceName", "apiKeys.name", "apiKeys.preset"])
    .select(["apiKeys.prefix", "apiKeys.createdAt", "apiKeys.lastUsedAt", "apiKeys.expiresAt", "apiKeys.revokedAt"])
    .$if("workspaceId" in of, (query) => query.where("apiKeys.workspaceId", "=", "workspaceId" in of ? of.workspaceId : ""))
    .$if("userId" in of, (query) => query.where("apiKeys.createdBy", "=", "userId" in of ? of.userId : ""))
    .$if("keyId" in of, (query) => query.where("apiKeys.id", "=", "keyId" in of ? of.keyId : ""))
    .orderBy(sql`api_keys.revoked_at is not null`)
    .orderBy("apiKeys.id", "desc")
    .limit(limit)
    .execute();
}

/** How somebody can come in, beside a password: names only. */
export async function findSignInWaysAcrossWorkspaces(db: Db, userId: string): Promise<string[]> {
  const { rows } = await sql<{ way: string }>`
    select provider as way from external_identities where user_id = ${userId}
    union select 'passkey' from user_passkeys where user_id = ${userId}
    union select 'authenticator app' from user_totps where user_id = ${userId} and confirmed_at is not null
    order by way limit 20`.execute(db);
  return rows.map(({ way }) => way);
}

export type AuditAsked = { chain: string; about: string | null; beforeSeq: number | null; limit: number };

/** The newest first. Names of people and keys are for the operator's eyes. */
export function listAuditAcrossWorkspaces(db: Db, asked: AuditAsked) {
  return db
    .selectFrom("auditEntries as entry")
    .leftJoin("users", (join) => join.onRef("users.id", "=", "entry.actorId").on("entry.actorKind", "=", "user"))
    .leftJoin("apiKeys", (join) => join.onRef("apiKeys.id", "=", "entry.actorId").on("entry.actorKind", "=", "api_key"))
    .select(["entry.id as auditId", "entry.seq", "entry.actorKind", "entry.actorId", "entry.action", "entry.targetKind"])
    .select(["entry.targetId", "entry.traceId", "entry.ipAddress", "entry.metadata", "entry.createdAt"])
    .select((select) => select.fn.coalesce("users.displayName", "apiKeys.name").as("actorName"))
    .where("entry.workspaceId", "=", asked.chain)
    .$if(asked.about !== null, (query) =>
      query.where(({ or, eb }) => or([eb("entry.targetId", "=", asked.about), eb("entry.actorId", "=", asked.about)])),
    )
    .$if(asked.beforeSeq !== null, (query) => query.where("entry.seq", "<", asked.beforeSeq ?? 0))
    .orderBy("entry.seq", "desc")
    .limit(asked.limit)
    .execute();
}
