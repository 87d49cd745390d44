// Calls whose tokens are assumed, held against what their runtimes have reported since (MISSION E3).
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { Tx } from "~/db/transaction";

type AssumedSpan = {
  /** Calls that began then. */
  from: Date;
  to: Date;
  /** Reports of calls that had ended by then: whoever reports at once is written down within this distance. */
  endedBefore: Date;
};

/** Workspaces that have such calls, and when the first and the last of them began. */
export async function listAssumingWorkspacesAcrossWorkspaces(
  db: Db,
  { from, to }: Pick<AssumedSpan, "from" | "to">,
  limit: number,
): Promise<{ workspaceId: string; first: Date; last: Date }[]> {
  const { rows } = await sql<{ workspaceId: string; first: Date; last: Date }>`
    select workspace_id as "workspaceId", min(started_at) as first, max(started_at) as last from invocations
    where tokens_are_assumed and started_at >= ${from} and started_at < ${to} group by 1 order by 2 limit ${limit}`.execute(db);
  return rows;
}

export type CorrectedCall = { startedAt: Date; assumed: number; tokens: number };

/**
 * Gives each such call the tokens of a report of its own, and answers which got one. A trace id may be the caller's and name several
 * calls: a report of as many tokens as a call that said so itself is that call's, what is left goes to the others in the order of time.
 */
export async function setReportedTokensIfAssumedAcrossWorkspaces(
  tx: Tx,
  { workspaceId, from, to, endedBefore, limit }: AssumedSpan & { workspaceId: string; limit: number },
): Promise<CorrectedCall[]> {
  const near = { from: new Date(from.getTime() - clocksMs), to: new Date(to.getTime() + clocksMs) };
  const { rows } = await sql<CorrectedCall>`
    with traces as materialized (
      select distinct deployment_id, trace_id from invocations
      where workspace_id = ${workspaceId} and tokens_are_assumed and started_at >= ${from} and started_at <= ${to}
    ), calls as materialized (
      select call.id, call.deployment_id, call.trace_id, call.started_at, call.tokens, call.tokens_are_assumed
      from invocations as call join traces using (deployment_id, trace_id)
      where call.workspace_id = ${workspaceId} and call.started_at >= ${near.from} and call.started_at < ${near.to}
    ), said as (
      select deployment_id, trace_id, tokens, count(*) as calls from calls where not tokens_are_assumed group by 1, 2, 3
    ), reported as (
      select event.deployment_id, event.trace_id, event.event_id, event.occurred_at, event.llm_tokens as tokens,
        row_number() over (partition by event.deployment_id, event.trace_id, event.llm_tokens order by event.occurred_at, event.event_id)
          as nth
      from telemetry_events as event join traces using (deployment_id, trace_id)
      where event.workspace_id = ${workspaceId} and event.occurred_at >= ${near.from} and event.occurred_at < ${near.to}
        and event.requests > 0
        and event.occurred_at + make_interval(secs => event.compute_ms / 1000.0) < ${endedBefore}
    ), unclaimed as (
      select deployment_id, trace_id, reported.tokens,
        row_number() over (partition by deployment_id, trace_id order by occurred_at, event_id) as place
      from reported left join said using (deployment_id, trace_id, tokens) where nth > coalesce(said.calls, 0)
    ), waiting as (
      select id, deployment_id, trace_id, tokens as assumed,
        row_number() over (partition by deployment_id, trace_id order by started_at, id) as place
      from calls where tokens_are_assumed
    ), matched as (
      select id, assumed, unclaimed.tokens from waiting join unclaimed using (deployment_id, trace_id, place) order by id limit ${limit}
    )
    update invocations set tokens = matched.tokens, tokens_are_assumed = false
    from matched where invocations.id = matched.id and tokens_are_assumed
    returning started_at as "startedAt", assumed, invocations.tokens as tokens`.execute(tx);
  return rows;
}

/** How far the clock of a runtime may differ from ours, and longer than any call waits between our clock's moment and its own. */
const clocksMs = 10 * 60_000;
