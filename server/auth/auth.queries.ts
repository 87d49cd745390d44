// What the mint and the proofs of identity read.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { MemberGrants } from "./permissions";

/** How many members come before: owners first, then whoever joined earlier. */
const memberPlace = sql<number>`(
  select count(*) from memberships m where m.workspace_id = memberships.workspace_id
    and (m.role <> 'owner', m.created_at, m.user_id) < (memberships.role <> 'owner', memberships.created_at, memberships.user_id))`;

/** The person's membership in the wished workspace, or in the oldest one when there is no wish; with their own grants. */
export function findMembershipAcrossWorkspaces(db: Db, userId: string, workspaceId: string | null) {
  return db
    .selectFrom("memberships")
    .innerJoin("workspaces", "workspaces.id", "memberships.workspaceId")
    .leftJoin("planOverrides", "planOverrides.workspaceId", "memberships.workspaceId")
    .select(["memberships.workspaceId", "memberships.role", "workspaces.disabledAt", "workspaces.tier"])
    .select(["planOverrides.changes as planChanges", memberPlace.as("place")])
    .select(
      sql<MemberGrants>`(
        select coalesce(jsonb_object_agg(area, is_granted), '{}') from member_grants g
        where g.workspace_id = memberships.workspace_id and g.user_id = memberships.user_id)`.as("areas"),
    )
    .where("memberships.userId", "=", userId)
    .$if(workspaceId !== null, (query) => query.where("memberships.workspaceId", "=", workspaceId as string))
    .orderBy("memberships.createdAt")
    .limit(1)
    .executeTakeFirst();
}

/** A key by its hash, or by its id, with all that can make it worthless and all that limits it. */
export function findApiKeyAcrossWorkspaces(db: Db, by: { secretHash: string } | { id: string }, now: Date) {
  return db
    .selectFrom("apiKeys")
    .innerJoin("workspaces", "workspaces.id", "apiKeys.workspaceId")
    .innerJoin("users", "users.id", "apiKeys.createdBy")
    .leftJoin("planOverrides", "planOverrides.workspaceId", "apiKeys.workspaceId")
    .select([
      "workspaces.tier",
      "planOverrides.changes as planChanges",
      sql<number>`(
        select count(*) from api_keys older where older.workspace_id = api_keys.workspace_id and older.id < api_keys.id
          and older.revoked_at is null and (older.expires_at is null or older.expires_at > ${now})
          and (older.overlap_ends_at is null or older.overlap_ends_at > ${now}))`.as("place"),
      "apiKeys.id",
      "apiKeys.workspaceId",
      "apiKeys.preset",
      "apiKeys.createdBy",
      "apiKeys.isLimitedToAgents",
      "apiKeys.callsPerMinuteMax",
      "apiKeys.callsPerMonthMax",
      "apiKeys.expiresAt",
      "apiKeys.overlapEndsAt",
      "apiKeys.revokedAt",
      "workspaces.disabledAt as workspaceDisabledAt",
      "users.disabledAt as userDisabledAt",
    ])
    .select(sql<string[]>`array(select agent_id from api_key_agents where key_id = api_keys.id order by agent_id)`.as("agentIds"))
    .where(({ eb }) => ("id" in by ? eb("apiKeys.id", "=", by.id) : eb("apiKeys.secretHash", "=", by.secretHash)))
    .executeTakeFirst();
}

export type KeyUse = {
  keyId: string;
  workspaceId: string;
  /** Null: it was proven; what for is not known yet. */
  action: string | null;
  usedAt: Date;
  /** How often it was used while a successor was there already. */
  overlapUses: number;
};

/** Notes uses of keys. Processes take the rows in the same order, so that they never wait for each other in a circle. */
export async function setApiKeysUsedAcrossWorkspaces(db: Db, uses: KeyUse[]): Promise<void> {
  const rows = JSON.stringify(
    uses.map((use) => ({ key_id: use.keyId, action: use.action, used_at: use.usedAt, overlap_uses: use.overlapUses })),
  );
  await sql`
    with used as (
      select * from json_to_recordset(${rows}::json) as row (key_id text, action text, used_at timestamptz, overlap_uses bigint)
    ), known as (
      select id, workspace_id from api_keys where id in (select key_id from used) order by id for update
    ), seen as (
      update api_keys set
        last_used_at = case when last_used_at > sums.used_at - interval '1 minute' then last_used_at else sums.used_at end,
        overlap_uses = api_keys.overlap_uses + sums.overlap_uses
      from known join (
        select key_id, max(used_at) as used_at, sum(overlap_uses)::bigint as overlap_uses from used group by key_id
      ) as sums on sums.key_id = known.id
      where api_keys.id = known.id and (sums.overlap_uses > 0 or last_used_at is null or last_used_at <= sums.used_at - interval '1 minute')
    )
    insert into api_key_uses as uses (workspace_id, key_id, action, last_used_at)
    select known.workspace_id, key_id, action, max(used_at) from used join known on known.id = key_id
    where action is not null group by 1, 2, 3
    on conflict (key_id, action) do update set last_used_at = excluded.last_used_at
    where uses.last_used_at <= excluded.last_used_at - interval '1 minute'`.execute(db);
}
