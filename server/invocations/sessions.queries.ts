// One session with all that is known of it: from its row, its calls, and what was kept of it.
import { sql } from "kysely";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { CallerRow } from "./name-caller";

export type InspectedSession = CallerRow & {
  isOpen: boolean;
  deploymentId: string;
  version: number | null;
  createdAt: Date;
  lastUsedAt: Date;
  calls: number;
  ok: number;
  failed: number;
  aborted: number;
  assumed: number;
  tokens: number;
  computeMs: number;
  isKept: boolean;
  turnsKept: number;
  keptUntil: Date | null;
};

/** Undefined: this agent of this workspace never had such a session, or nothing of it is left. */
export async function findInspectedSession(
  tx: Tx,
  scope: WorkspaceScope,
  of: { agentId: string; sessionId: string; now: Date },
): Promise<InspectedSession | undefined> {
  const own = sql`workspace_id = ${scope.workspaceId} and agent_id = ${of.agentId}`;
  const { rows } = await sql<InspectedSession>`
    with session as (
      select deployment_id, principal, created_at, last_used_at from agent_sessions where ${own} and id = ${of.sessionId}
    ), calls as (
      select count(*) as calls, count(*) filter (where outcome = 'ok') as ok, count(*) filter (where outcome = 'error') as failed,
        count(*) filter (where outcome = 'aborted') as aborted, count(*) filter (where tokens_are_assumed) as assumed,
        coalesce(sum(tokens), 0) as tokens,
        coalesce(sum(compute_ms), 0) as compute_ms, min(started_at) as first_at, max(started_at) as last_at,
        (array_agg(deployment_id order by started_at desc))[1] as deployment_id, max(principal) as principal
      from invocations where ${own} and session_id = ${of.sessionId}
    ), turns as (
      select count(*) as turns_kept, max(expires_at) as kept_until, min(started_at) as first_at, max(started_at) as last_at,
        (array_agg(deployment_id order by id desc))[1] as deployment_id, max(principal) as principal
      from conversation_turns where ${own} and session_id = ${of.sessionId} and expires_at > ${of.now}
    ), known as (
      select session.created_at is not null as is_open,
        coalesce(session.deployment_id, calls.deployment_id, turns.deployment_id) as deployment_id,
        coalesce(session.principal, calls.principal, turns.principal) as principal,
        coalesce(session.created_at, least(calls.first_at, turns.first_at)) as created_at,
        coalesce(session.last_used_at, greatest(calls.last_at, turns.last_at)) as last_used_at,
        calls, ok, failed, aborted, assumed, tokens, compute_ms, turns_kept, kept_until
      from calls cross join turns left join session on true
    )
    select known.*, deployments.version, users.display_name as user_name, api_keys.name as key_name,
      api_keys.prefix as key_prefix, api_keys.revoked_at as key_revoked_at,
      least(api_keys.expires_at, api_keys.overlap_ends_at) as key_ends_at,
      exists (select from conversation_settings where ${own}) as is_kept
    from known
    left join deployments on deployments.workspace_id = ${scope.workspaceId} and deployments.id = known.deployment_id
    left join users on users.id = substr(known.principal, length('user:') + 1)
    left join api_keys on api_keys.workspace_id = ${scope.workspaceId}
      and api_keys.id = substr(known.principal, length('api_key:') + 1)
    where known.principal is not null limit 1`.execute(tx);
  return rows[0];
}
