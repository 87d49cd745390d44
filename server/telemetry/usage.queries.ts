// Usage as people look at it: sums of what runtimes reported and of what the gateway measured, never the raw rows.
import { sql } from "kysely";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { UsageGrain } from "./usage.contract";

export type UsageSpan = {
  /** The start of a minute, hour or day, and the end, which does not belong to it. */
  from: Date;
  to: Date;
  grain: UsageGrain;
  /** Null: all agents of the workspace, or all deployments. */
  agentId: string | null;
  deploymentId: string | null;
};

export type UsageStepRow = {
  at: Date;
  requests: number;
  llmTokens: number;
  computeMs: number;
  toolCalls: number;
  errors: number;
  costUsdEstimated: number;
  receivedEvents: number;
  expectedEvents: number;
  failedCalls: number;
};

/** Places of buckets in `latency-buckets.ts`. */
export type LatencyRow = { p50: number; p95: number; p99: number };

const agentsMax = 1_000;
const stepsMax = 1_500;
const deploymentsMax = 500;
const sumsOf = {
  minute: { table: sql.table("usage_minutes"), start: sql.ref("minute") },
  hour: { table: sql.table("usage_hours"), start: sql.ref("hour") },
  day: { table: sql.table("usage_days"), start: sql.ref("day") },
};

/** Steps without anything are left out. */
export async function listUsageSteps(tx: Tx, scope: WorkspaceScope, span: UsageSpan): Promise<UsageStepRow[]> {
  const { table, start } = sumsOf[span.grain];
  const { rows } = await sql<UsageStepRow>`
    select ${start} as at, sum(requests) as requests, sum(llm_tokens) as llm_tokens, sum(compute_ms) as compute_ms,
      sum(tool_calls) as tool_calls, sum(errors) as errors, sum(cost_usd_estimated) as cost_usd_estimated,
      sum(events) as received_events, sum(calls - unreached_calls) as expected_events, sum(failed_calls) as failed_calls
    from ${table} where ${within(scope, span)}
    group by ${start} limit ${stepsMax}`.execute(tx);
  return rows;
}

/** Of each step that has calls. */
export async function listLatencySteps(tx: Tx, scope: WorkspaceScope, span: UsageSpan): Promise<(LatencyRow & { at: Date })[]> {
  const { table, start } = sumsOf[span.grain];
  const { rows } = await sql<LatencyRow & { at: Date }>`
    with counts as (
      select ${start} as whole, place::int - 1 as bucket, sum(amount) as amount
      from ${table}, unnest(latency_counts) with ordinality as counted (amount, place)
      where ${within(scope, span)} and amount > 0 group by 1, 2
    )
    select whole as at, ${percentiles} group by whole limit ${stepsMax}`.execute(tx);
  return rows;
}

/** Of all calls of the span together: counts are added first, so it is as right as that of one step. */
export async function findLatency(tx: Tx, scope: WorkspaceScope, span: UsageSpan): Promise<LatencyRow | undefined> {
  const { table } = sumsOf[span.grain];
  const { rows } = await sql<LatencyRow>`
    with counts as (
      select true as whole, place::int - 1 as bucket, sum(amount) as amount
      from ${table}, unnest(latency_counts) with ordinality as counted (amount, place)
      where ${within(scope, span)} and amount > 0 group by 2
    )
    select ${percentiles} group by whole limit 1`.execute(tx);
  return rows[0];
}

export type DropRow = {
  agentId: string;
  agentName: string;
  deploymentId: string;
  version: number;
  expectedEvents: number;
  receivedEvents: number;
};

/** Expected against received, per deployment that had either; where most is missing first. */
export async function listDrops(tx: Tx, scope: WorkspaceScope, span: UsageSpan): Promise<DropRow[]> {
  const { table } = sumsOf[span.grain];
  const { rows } = await sql<DropRow>`
    select sums.agent_id, agents.name as agent_name, sums.deployment_id, deployments.version, sum(expected) as expected_events,
      sum(events) as received_events
    from (select agent_id, deployment_id, calls - unreached_calls as expected, events from ${table} where ${within(scope, span)}) as sums
    join deployments on deployments.id = sums.deployment_id and deployments.workspace_id = ${scope.workspaceId}
    join agents on agents.id = sums.agent_id and agents.workspace_id = ${scope.workspaceId}
    group by 1, 2, 3, 4 having sum(expected) > 0 or sum(events) > 0
    order by sum(expected) - sum(events) desc, sums.deployment_id limit ${deploymentsMax}`.execute(tx);
  return rows;
}

export function listUsageHoursByAgent(tx: Tx, scope: WorkspaceScope, span: Pick<UsageSpan, "from" | "to">) {
  return tx
    .selectFrom("usageHours")
    .select(["agentId", "hour"])
    .select((row) => [row.fn.sum<number>("requests").as("requests"), row.fn.sum<number>("errors").as("errors")])
    .where("workspaceId", "=", scope.workspaceId)
    .where("hour", ">=", span.from)
    .where("hour", "<", span.to)
    .groupBy(["agentId", "hour"])
    .limit(agentsMax * stepsMax)
    .execute();
}

export async function listLatencyByAgent(tx: Tx, scope: WorkspaceScope, span: Pick<UsageSpan, "from" | "to">) {
  const { rows } = await sql<LatencyRow & { agentId: string }>`
    with counts as (
      select agent_id as whole, place::int - 1 as bucket, sum(amount) as amount
      from usage_hours, unnest(latency_counts) with ordinality as counted (amount, place)
      where workspace_id = ${scope.workspaceId} and hour >= ${span.from} and hour < ${span.to} and amount > 0 group by 1, 2
    )
    select whole as agent_id, ${percentiles} group by whole limit ${agentsMax}`.execute(tx);
  return rows;
}

export function listAgentIds(tx: Tx, scope: WorkspaceScope) {
  return tx
    .selectFrom("agents")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("deletedAt", "is", null)
    .orderBy("id")
    .limit(agentsMax)
    .execute();
}

export function findAgentId(tx: Tx, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("agents")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", agentId)
    .where("deletedAt", "is", null)
    .executeTakeFirst();
}

export function findDeploymentId(tx: Tx, scope: WorkspaceScope, deploymentId: string) {
  return tx
    .selectFrom("deployments")
    .select(["id", "agentId"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", deploymentId)
    .executeTakeFirst();
}

function within(scope: WorkspaceScope, span: UsageSpan) {
  const { start } = sumsOf[span.grain];
  const ofAgent = span.agentId === null ? sql`` : sql` and agent_id = ${span.agentId}`;
  const ofDeployment = span.deploymentId === null ? sql`` : sql` and deployment_id = ${span.deploymentId}`;
  return sql`workspace_id = ${scope.workspaceId} and ${start} >= ${span.from} and ${start} < ${span.to}${ofAgent}${ofDeployment}`;
}

/** From `counts (whole, bucket, amount)`: the first bucket up to which the share of the calls lies, as `percentile_disc` does it. */
const percentiles = sql`
    min(bucket) filter (where upto >= total * 0.5) as p50, min(bucket) filter (where upto >= total * 0.95) as p95,
    min(bucket) filter (where upto >= total * 0.99) as p99
    from (
      select whole, bucket, sum(amount) over (partition by whole order by bucket) as upto, sum(amount) over (partition by whole) as total
      from counts
    ) as cumulative`;
