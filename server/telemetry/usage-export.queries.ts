// Usage row by row, for files that people take along.
import { sql } from "kysely";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { UsageSpan } from "./usage.queries";

export type ExportedRow = {
  at: Date;
  agentId: string;
  agentName: string;
  deploymentId: string;
  version: number;
  runtimeProvider: string;
  requests: number;
  errors: number;
  llmTokens: number;
  toolCalls: number;
  computeMs: number;
  costUsdEstimated: number;
  expectedEvents: number;
  receivedEvents: number;
  callMs: number;
  /** Calls whose tokens nobody has told of yet: they are in no sum, and charged as much as they held. */
  assumedCalls: number;
};

export type PlaceInExport = { at: Date; deploymentId: string };

/** Oldest first, beginning after a place. */
export async function listRowsToExport(
  tx: Tx,
  scope: WorkspaceScope,
  span: UsageSpan,
  batch: { after: PlaceInExport | null; limit: number },
): Promise<ExportedRow[]> {
  const [table, start] = [sql.table(`usage_${span.grain}s`), sql.ref(`sums.${span.grain}`)];
  const step = `1 ${span.grain}`;
  const ofAgent = span.agentId === null ? sql`` : sql` and sums.agent_id = ${span.agentId}`;
  const ofDeployment = span.deploymentId === null ? sql`` : sql` and sums.deployment_id = ${span.deploymentId}`;
  const after =
    batch.after === null ? sql`` : sql` and (${start}, sums.deployment_id) > (${batch.after.at}, ${batch.after.deploymentId})`;
  const { rows } = await sql<ExportedRow>`
    select ${start} as at, sums.agent_id, agents.name as agent_name, sums.deployment_id, deployments.version, sums.runtime_provider,
      requests, errors, llm_tokens, tool_calls, compute_ms, cost_usd_estimated, calls - unreached_calls as expected_events, events as received_events,
      call_ms, (
        select count(*) from invocations as call
        where call.workspace_id = ${scope.workspaceId} and call.deployment_id = sums.deployment_id and call.tokens_are_assumed
          and call.started_at >= ${start} and call.started_at < ${start} + ${step}::interval
      ) as assumed_calls
    from ${table} as sums
    join agents on agents.id = sums.agent_id and agents.workspace_id = ${scope.workspaceId}
    join deployments on deployments.id = sums.deployment_id and deployments.workspace_id = ${scope.workspaceId}
    where sums.workspace_id = ${scope.workspaceId} and ${start} >= ${span.from} and ${start} < ${span.to}${ofAgent}${ofDeployment}${after}
    order by 1, sums.deployment_id limit ${batch.limit}`.execute(tx);
  return rows;
}
