// What of a workspace is older than a plan keeps it: counted, and no further than a number that says "many".
import { sql } from "kysely";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { KeptSince } from "~/server/plans/kept-since";

export type AgedCounts = { calls: number; deploymentLogs: number; output: number; conversations: number };

/** `conversationDays`: turns of agents that keep them for longer. `readableSince`: what is older of the output nobody reads now either. */
export async function countAged(
  tx: Tx,
  scope: WorkspaceScope,
  of: { since: KeptSince; readableSince: Date; conversationDays: number; now: Date; limit: number },
): Promise<AgedCounts> {
  const { since, limit } = of;
  const [readable, unread] = [dayOf(of.readableSince), dayOf(since.output)];
  const { rows } = await sql<AgedCounts>`
    select
      (select count(*) from (
        select from invocations where workspace_id = ${scope.workspaceId} and started_at < ${since.calls} limit ${limit}) as old)
        as calls,
      (select count(*) from (
        select from deployments join deployment_logs on deployment_logs.deployment_id = deployments.id
        where deployments.workspace_id = ${scope.workspaceId} and deployment_logs.created_at < ${since.deploymentLogs}
        limit ${limit}) as old) as deployment_logs,
      (select coalesce(sum(lines), 0) from agent_log_days
        where workspace_id = ${scope.workspaceId} and day >= ${readable}::date and day < ${unread}::date) as output,
      (select count(*) from (
        select from conversation_settings join conversation_turns using (workspace_id, agent_id)
        where workspace_id = ${scope.workspaceId} and keep_days > ${of.conversationDays} and expires_at > ${of.now}
          and started_at + make_interval(days => ${of.conversationDays}::int) <= ${of.now} limit ${limit}) as old) as conversations`.execute(
    tx,
  );
  const none = { calls: 0, deploymentLogs: 0, output: 0, conversations: 0 };
  return rows[0] ?? none;
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
