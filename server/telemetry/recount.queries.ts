// Usage counted again from the raw rows: where the sums differ, and the sums made anew.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { Tx } from "~/db/transaction";

const sumMax = Number.MAX_SAFE_INTEGER;

/** One deployment's hour whose sums are not what its raw rows say, and by how much. */
export type DriftedHour = { workspaceId: string; deploymentId: string; hour: Date; eventsDrift: number; callsDrift: number };

export type RecountSpan = { from: Date; to: Date; retentionClasses: string[]; limit: number };

/** Sums of one deployment and hour; how many there are is part of each answer. One snapshot: what is being written cannot look like drift. */
export async function listDriftedHoursAcrossWorkspaces(
  db: Db,
  span: RecountSpan,
): Promise<{ checked: number; drifted: DriftedHour[] }> {
  const { rows } = await sql<DriftedHour & { isDrifted: boolean; checked: number }>`
    with raw_events as (${eventSums("hour", span)} group by 1, 2, 3, 4),
    raw_calls as (
      select call.workspace_id, call.agent_id, call.deployment_id, date_trunc('hour', call.started_at, 'UTC') as at, count(*) as calls,
        count(*) filter (where call.outcome = 'error') as failed_calls, count(*) filter (where not call.reached_runtime) as unreached_calls,
        sum(call.compute_ms) as call_ms
      from workspaces cross join lateral (
        select * from invocations i
        where i.workspace_id = workspaces.id and i.started_at >= ${span.from} and i.started_at < ${span.to}
      ) as call join deployments d on d.id = call.deployment_id and d.workspace_id = call.workspace_id and d.agent_id = call.agent_id
      group by 1, 2, 3, 4
    ), kept as (
      select *, (select coalesce(sum(n), 0) from unnest(latency_counts) as n) as counted
      from usage_hours where hour >= ${span.from} and hour < ${span.to}
    ), compared as (
      select coalesce(kept.workspace_id, e.workspace_id, c.workspace_id) as workspace_id, deployment_id, at as hour,
        abs(coalesce(kept.events, 0) - coalesce(e.events, 0)) as events_drift,
        abs(coalesce(kept.calls, 0) - coalesce(c.calls, 0)) as calls_drift,
        (coalesce(kept.events, 0), coalesce(kept.requests, 0), coalesce(kept.llm_tokens, 0), coalesce(kept.compute_ms, 0),
          coalesce(kept.tool_calls, 0), coalesce(kept.errors, 0), coalesce(kept.cost_usd_estimated, 0), coalesce(kept.calls, 0),
          coalesce(kept.failed_calls, 0), coalesce(kept.unreached_calls, 0), coalesce(kept.call_ms, 0), coalesce(kept.counted, 0))
        is distinct from
        (coalesce(e.events, 0), coalesce(e.requests, 0), coalesce(e.llm_tokens, 0), coalesce(e.compute_ms, 0),
          coalesce(e.tool_calls, 0), coalesce(e.errors, 0), coalesce(e.cost_usd_estimated, 0), coalesce(c.calls, 0),
          coalesce(c.failed_calls, 0), coalesce(c.unreached_calls, 0), coalesce(c.call_ms, 0), coalesce(c.calls, 0)) as is_drifted
      from raw_events e full join raw_calls c using (deployment_id, at)
      full join (select *, hour as at from kept) as kept using (deployment_id, at)
    )
    select *, count(*) over () as checked from compared order by is_drifted desc, deployment_id, hour limit ${span.limit}`.execute(
    db,
  );
  const drifted = rows.filter((row) => row.isDrifted);
  return { checked: rows[0]?.checked ?? 0, drifted };
}

/** Whoever counts for this deployment waits meanwhile: it is the lock that they take too. */
export async function lockDeploymentAcrossWorkspaces(tx: Tx, deploymentId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${deploymentId}, 20))`.execute(tx);
}

/** The hour's sum and its minutes from the raw rows, then the day's from its hours. Call it under the deployment's lock. */
export async function rebuildSumsAcrossWorkspaces(
  tx: Tx,
  place: { deploymentId: string; hour: Date; retentionClasses: string[] },
): Promise<void> {
  const { deploymentId, hour } = place;
  const span = { ...place, from: hour, to: new Date(hour.getTime() + 3_600_000), limit: 1 };
  for (const step of ["minute", "hour"] as const) {
    const [table, start] = [sql.table(`usage_${step}s`), sql.ref(step)];
    await sql`
      delete from ${table} where deployment_id = ${deploymentId} and ${start} >= ${span.from} and ${start} < ${span.to}`.execute(
      tx,
    );
    await sql`
      insert into ${table} (workspace_id, agent_id, deployment_id, runtime_provider, ${start}, requests, llm_tokens, compute_ms,
        tool_calls, errors, events, cost_usd_estimated, calls, failed_calls, unreached_calls, call_ms, latency_counts)
      select d.workspace_id, d.agent_id, d.id, d.runtime, at, coalesce(requests, 0), coalesce(llm_tokens, 0),
        coalesce(compute_ms, 0), coalesce(tool_calls, 0), coalesce(errors, 0), coalesce(events, 0), coalesce(cost_usd_estimated, 0),
        coalesce(calls, 0), coalesce(failed_calls, 0), coalesce(unreached_calls, 0), coalesce(call_ms, 0),
        coalesce(latency_counts, '{}')
      from (${eventSums(step, span)} and deployment_id = ${deploymentId} group by 1, 2, 3, 4) as e
      full join (${callSums(step, span, deploymentId)}) as c using (at)
      join deployments d on d.id = ${deploymentId}`.execute(tx);
  }
  await sql`
    delete from usage_days where deployment_id = ${deploymentId} and day = date_trunc('day', ${hour}::timestamptz, 'UTC')`.execute(
    tx,
  );
  await sql`
    insert into usage_days (workspace_id, agent_id, deployment_id, runtime_provider, day, requests, llm_tokens, compute_ms,
      tool_calls, errors, events, cost_usd_estimated, calls, failed_calls, unreached_calls, call_ms, latency_counts)
    select workspace_id, agent_id, deployment_id, max(runtime_provider), date_trunc('day', hour, 'UTC'),
      least(sum(requests), ${sumMax}), least(sum(llm_tokens), ${sumMax}), least(sum(compute_ms), ${sumMax}),
      least(sum(tool_calls), ${sumMax}), least(sum(errors), ${sumMax}), sum(events), sum(cost_usd_estimated),
      sum(calls), sum(failed_calls), sum(unreached_calls), sum(call_ms), sum_counts(latency_counts)
    from usage_hours where deployment_id = ${deploymentId}
      and hour >= date_trunc('day', ${hour}::timestamptz, 'UTC')
      and hour < date_trunc('day', ${hour}::timestamptz, 'UTC') + interval '1 day'
    group by 1, 2, 3, 5`.execute(tx);
}

/** Days whose sums are not those of their hours; an hour of each, by which to make them anew. */
export async function listDriftedDaysAcrossWorkspaces(db: Db, span: RecountSpan): Promise<DriftedHour[]> {
  const { rows } = await sql<DriftedHour>`
    with hours as (
      select workspace_id, deployment_id, date_trunc('day', hour, 'UTC') as day, min(hour) as hour, least(sum(requests), ${sumMax}) as requests,
        least(sum(llm_tokens), ${sumMax}) as llm_tokens, sum(events) as events, sum(calls) as calls,
        sum(unreached_calls) as unreached_calls, sum(call_ms) as call_ms, sum(cost_usd_estimated) as cost, sum_counts(latency_counts) as counts
      from usage_hours where hour >= ${span.from} and hour < ${span.to} group by 1, 2, 3
    ), days as (
      select * from usage_days where day >= ${span.from} and day < ${span.to}
    )
    select coalesce(hours.workspace_id, days.workspace_id) as workspace_id, deployment_id, coalesce(hours.hour, day) as hour,
      abs(coalesce(hours.events, 0) - coalesce(days.events, 0)) as events_drift,
      abs(coalesce(hours.calls, 0) - coalesce(days.calls, 0)) as calls_drift
    from hours full join days using (deployment_id, day)
    where (hours.requests, hours.llm_tokens, hours.events, hours.calls, hours.unreached_calls, hours.call_ms, hours.cost, hours.counts) is distinct from
      (days.requests, days.llm_tokens, days.events, days.calls, days.unreached_calls, days.call_ms, days.cost_usd_estimated, days.latency_counts)
    order by deployment_id, hour limit ${span.limit}`.execute(db);
  return rows;
}

function eventSums(step: "minute" | "hour", span: Pick<RecountSpan, "from" | "to" | "retentionClasses">) {
  return sql`
      select workspace_id, agent_id, deployment_id, date_trunc(${sql.lit(step)}, occurred_at, 'UTC') as at, count(*) as events,
        least(sum(requests), ${sumMax}) as requests, least(sum(llm_tokens), ${sumMax}) as llm_tokens,
        least(sum(compute_ms), ${sumMax}) as compute_ms, least(sum(tool_calls), ${sumMax}) as tool_calls,
        least(sum(errors), ${sumMax}) as errors, sum(cost_usd_estimated::numeric) as cost_usd_estimated
      from telemetry_events
      where retention_class = any (${span.retentionClasses}::text[]) and occurred_at >= ${span.from} and occurred_at < ${span.to}`;
}

function callSums(step: "minute" | "hour", span: Pick<RecountSpan, "from" | "to">, deploymentId: string) {
  return sql`
      select at, sum(n) as calls, sum(failed) as failed_calls, sum(unreached) as unreached_calls, sum(ms) as call_ms, counts_of(bucket, n) as latency_counts
      from (
        select date_trunc(${sql.lit(step)}, i.started_at, 'UTC') as at, latency_bucket(i.compute_ms) as bucket, count(*) as n,
          count(*) filter (where i.outcome = 'error') as failed, count(*) filter (where not i.reached_runtime) as unreached,
          sum(i.compute_ms) as ms
        from deployments d join invocations i on i.agent_id = d.agent_id and i.deployment_id = d.id and i.workspace_id = d.workspace_id
        where d.id = ${deploymentId} and i.started_at >= ${span.from} and i.started_at < ${span.to}
        group by 1, 2
      ) as counted group by at`;
}
