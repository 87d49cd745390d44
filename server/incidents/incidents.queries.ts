// Which of the people, workspaces, keys, sessions and memberships that hold something open may not go on.
import { sql } from "kysely";
import type { Db } from "~/db/client";

export type OpenIds = {
  userIds: string[];
  workspaceIds: string[];
  keyIds: string[];
  sessionIdHashes: string[];
  /** Side by side with `memberWorkspaceIds`. */
  memberUserIds: string[];
  memberWorkspaceIds: string[];
};

export type EndedKind = "user" | "workspace" | "api_key" | "session" | "membership";

/** What is gone counts as ended too. `id` of a membership is `user/workspace`. By primary keys only, so it may be asked each second. */
export async function findEndedAcrossWorkspaces(db: Db, ids: OpenIds, now: Date): Promise<{ kind: EndedKind; id: string }[]> {
  const { rows } = await sql<{ kind: EndedKind; id: string }>`
    select 'user' as kind, asked.id from unnest(${ids.userIds}::text[]) as asked (id)
    where not exists (select from users where users.id = asked.id and users.disabled_at is null)
    union all
    select 'workspace', asked.id from unnest(${ids.workspaceIds}::text[]) as asked (id)
    where not exists (select from workspaces where workspaces.id = asked.id and workspaces.disabled_at is null)
    union all
    select 'api_key', asked.id from unnest(${ids.keyIds}::text[]) as asked (id)
    where not exists (
      select from api_keys as key
      where key.id = asked.id and key.revoked_at is null and (key.expires_at is null or key.expires_at > ${now})
        and (key.overlap_ends_at is null or key.overlap_ends_at > ${now})
    )
    union all
    select 'session', asked.id from unnest(${ids.sessionIdHashes}::text[]) as asked (id)
    where not exists (
      select from user_sessions as session
      where session.id_hash = asked.id and session.expires_at > ${now} and session.ends_at > ${now}
    )
    union all
    select 'membership', asked.user_id || '/' || asked.workspace_id
    from unnest(${ids.memberUserIds}::text[], ${ids.memberWorkspaceIds}::text[]) as asked (user_id, workspace_id)
    where not exists (
      select from memberships
      where memberships.user_id = asked.user_id and memberships.workspace_id = asked.workspace_id
    )`.execute(db);
  return rows;
}
