// API keys of a workspace, each with what it is limited to, what it did, and who is behind it. The hash is read by nobody.
import { type Selectable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { ApiKeyPreset, ApiKeysTable } from "~/db/tables/api-keys";
import type { WorkspaceScope } from "~/server/auth/scope";

export type NewApiKey = Pick<
  Selectable<ApiKeysTable>,
  | "id"
  | "name"
  | "preset"
  | "prefix"
  | "secretHash"
  | "createdBy"
  | "isLimitedToAgents"
  | "callsPerMinuteMax"
  | "callsPerMonthMax"
  | "expiresAt"
  | "replacesKeyId"
  | "createdAt"
>;

/** Whoever adds a key holds this lock, so that the limit of keys holds exactly. */
export function lockKeysOfWorkspace(tx: Db, scope: WorkspaceScope) {
  return tx.selectFrom("workspaces").select("id").where("id", "=", scope.workspaceId).forUpdate().executeTakeFirst();
}

export async function insertApiKey(tx: Db, scope: WorkspaceScope, row: NewApiKey): Promise<void> {
  await tx
    .insertInto("apiKeys")
    .values({ ...row, workspaceId: scope.workspaceId })
    .execute();
}

export async function insertApiKeyAgents(tx: Db, scope: WorkspaceScope, keyId: string, agentIds: string[]): Promise<void> {
  await tx
    .insertInto("apiKeyAgents")
    .values(agentIds.map((agentId) => ({ workspaceId: scope.workspaceId, keyId, agentId })))
    .execute();
}

/** Which of these are agents of the workspace. */
export async function listAgentIdsAmong(tx: Db, scope: WorkspaceScope, agentIds: string[]): Promise<string[]> {
  const rows = await tx
    .selectFrom("agents")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "in", agentIds)
    .where("deletedAt", "is", null)
    .limit(agentIds.length)
    .execute();
  return rows.map((row) => row.id);
}

/** The new key reaches what the old one reached. */
export async function copyApiKeyAgents(tx: Db, scope: WorkspaceScope, keys: { from: string; to: string }): Promise<void> {
  await tx
    .insertInto("apiKeyAgents")
    .columns(["workspaceId", "keyId", "agentId"])
    .expression((query) =>
      query
        .selectFrom("apiKeyAgents")
        .select(["workspaceId", sql.val<string>(keys.to).as("keyId"), "agentId"])
        .where("workspaceId", "=", scope.workspaceId)
        .where("keyId", "=", keys.from),
    )
    .execute();
}

type AgentName = { agentId: string; name: string };

/** What people see of keys. `month` is `2026-11`. */
function selectApiKeys(tx: Db, scope: WorkspaceScope, month: string) {
  return (
    tx
      .selectFrom("apiKeys")
      // Members only: row-level security hides everybody else.
      .leftJoin("users as maker", "maker.id", "apiKeys.createdBy")
      .leftJoin("apiKeyMonths as calls", (join) =>
        join
          .onRef("calls.keyId", "=", "apiKeys.id")
          .on("calls.workspaceId", "=", scope.workspaceId)
          .on("calls.month", "=", month),
      )
      .select([
        "apiKeys.id",
        "apiKeys.name",
        "apiKeys.preset",
        "apiKeys.prefix",
        "apiKeys.createdBy",
        "apiKeys.isLimitedToAgents",
        "apiKeys.callsPerMinuteMax",
        "apiKeys.callsPerMonthMax",
        "apiKeys.createdAt",
        "apiKeys.expiresAt",
        "apiKeys.lastUsedAt",
        "apiKeys.revokedAt",
        "apiKeys.leakedAt",
        "apiKeys.replacesKeyId",
        "apiKeys.overlapEndsAt",
        "apiKeys.overlapUses",
        "calls.calls as callsThisMonth",
        "maker.displayName as createdByName",
        "maker.disabledAt as makerDisabledAt",
      ])
      .select([
        sql<AgentName[]>`coalesce((
          select jsonb_agg(jsonb_build_object('agentId', agents.id, 'name', agents.name) order by agents.name)
          from api_key_agents named join agents on agents.id = named.agent_id
          where named.key_id = api_keys.id and agents.deleted_at is null), '[]')`.as("agents"),
        sql<Record<string, string>>`coalesce((
          select jsonb_object_agg(uses.action, uses.last_used_at) from api_key_uses uses where uses.key_id = api_keys.id), '{}')`.as(
          "uses",
        ),
      ])
      .where("apiKeys.workspaceId", "=", scope.workspaceId)
  );
}

export type ApiKeyRow = NonNullable<Awaited<ReturnType<typeof findApiKey>>>;

export function findApiKey(tx: Db, scope: WorkspaceScope, keyId: string, month: string) {
  return selectApiKeys(tx, scope, month).where("apiKeys.id", "=", keyId).executeTakeFirst();
}

/** The newest first. */
export function listApiKeyRows(
  tx: Db,
  scope: WorkspaceScope,
  page: { limit: number; before: string | null; month: string },
): Promise<ApiKeyRow[]> {
  return selectApiKeys(tx, scope, page.month)
    .$if(page.before !== null, (query) => query.where("apiKeys.id", "<", page.before ?? ""))
    .orderBy("apiKeys.id", "desc")
    .limit(page.limit)
    .execute();
}

export async function countLiveApiKeys(tx: Db, scope: WorkspaceScope, now: Date): Promise<number> {
  const row = await tx
    .selectFrom("apiKeys")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("revokedAt", "is", null)
    .where((where) => where.or([where("expiresAt", "is", null), where("expiresAt", ">", now)]))
    .where((where) => where.or([where("overlapEndsAt", "is", null), where("overlapEndsAt", ">", now)]))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Keeps the date of the first revocation. */
export async function setApiKeyRevoked(tx: Db, scope: WorkspaceScope, keyId: string, now: Date): Promise<boolean> {
  const result = await tx
    .updateTable("apiKeys")
    .set((where) => ({ revokedAt: where.fn.coalesce("revokedAt", where.val(now)) }))
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", keyId)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Of racing rerolls exactly one gets an answer: what the successor is made like. */
export function setApiKeyRerolledIfLive(tx: Db, scope: WorkspaceScope, keyId: string, at: { now: Date; overlapEndsAt: Date }) {
  return tx
    .updateTable("apiKeys")
    .set({ rerolledAt: at.now, overlapEndsAt: at.overlapEndsAt })
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", keyId)
    .where("rerolledAt", "is", null)
    .where("revokedAt", "is", null)
    .where((where) => where.or([where("expiresAt", "is", null), where("expiresAt", ">", at.now)]))
    .returning(["name", "preset", "isLimitedToAgents", "callsPerMinuteMax", "callsPerMonthMax", "expiresAt", "createdAt"])
    .executeTakeFirst();
}

export async function setOverlapEndedIfRunning(tx: Db, scope: WorkspaceScope, keyId: string, now: Date): Promise<boolean> {
  const result = await tx
    .updateTable("apiKeys")
    .set({ overlapEndsAt: now })
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", keyId)
    .where("overlapEndsAt", ">", now)
    .where("revokedAt", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Only from a preset that is in `wider`. */
export async function setPresetIfWider(
  tx: Db,
  scope: WorkspaceScope,
  keyId: string,
  change: { preset: ApiKeyPreset; wider: ApiKeyPreset[] },
): Promise<boolean> {
  const result = await tx
    .updateTable("apiKeys")
    .set({ preset: change.preset })
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", keyId)
    .where("preset", "in", change.wider)
    .where("revokedAt", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
