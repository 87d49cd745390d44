// Telemetry as it is taken in: whose a deployment is, the events, their sums, and the partitions they lie in.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { Runtime } from "~/db/tables/deployments";
import type { ErrorClass } from "~/db/tables/invocations";
import type { Tx } from "~/db/transaction";

/** The largest sum a column holds: what JavaScript still counts exactly. Sums stop here instead of failing their batch. */
const sumMax = Number.MAX_SAFE_INTEGER;

/** One event on its way in; times are RFC 3339. */
export type EventRow = {
  retentionClass: string;
  occurredAt: string;
  deploymentId: string;
  eventId: string;
  workspaceId: string;
  agentId: string;
  userId: string;
  runtimeProvider: Runtime;
  requests: number;
  llmTokens: number;
  computeMs: number;
  toolCalls: number;
  errors: number;
  errorClass: ErrorClass | null;
  costUsdEstimated: number;
  traceId: string;
};

/** The owner chain of a deployment, as its telemetry must state it. */
export function findTelemetrySourceAcrossWorkspaces(db: Db, deploymentId: string) {
  return db
    .selectFrom("deployments")
    .select(["id", "workspaceId", "agentId", "ownerUserId", "runtime", "telemetryGeneration", "retentionClass"])
    .select("telemetryOverlapEndsAt")
    .where("id", "=", deploymentId)
    .executeTakeFirst();
}

/** Makes the day's partition when it is missing; `day` is `YYYY-MM-DD`. */
export async function ensureTelemetryPartitionAcrossWorkspaces(db: Db, retentionClass: string, day: string): Promise<void> {
  await sql`select ensure_telemetry_partition(${retentionClass}, ${day}::date)`.execute(db);
}

/**
 * Drops the oldest day before `keepFrom`, and waits for nobody who reads it longer than writers would notice. Answers what went;
 * null when there is none. Throws PostgreSQL's 55P03 when somebody holds it.
 */
export async function dropOldestPartitionAcrossWorkspaces(
  db: Db,
  retentionClass: string,
  keepFrom: string,
): Promise<{ name: string; bytes: number } | null> {
  const { rows } = await sql<{ name: string | null; bytes: number }>`
    select name, bytes from drop_oldest_telemetry_partition(${retentionClass}, ${keepFrom}::date)`.execute(db);
  const [row] = rows;
  return row && row.name !== null ? { name: row.name, bytes: row.bytes } : null;
}

/** Two processes that were sent the same event take turns, so that the second one sees the first one's row. */
export async function lockDeploymentsAcrossWorkspaces(tx: Tx, deploymentIds: string[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(id, 20) as key from unnest(${deploymentIds}::text[]) as id order by key
    ) as keys`.execute(tx);
}

/**
 * Inserts what is new and adds it to the sums of its minute, hour and day, in one statement. An event id counts once per deployment,
 * whatever else is said under it later; `sought` is where an earlier one can be: PostgreSQL then looks into these days only. Answers the
 * events that were new.
 */
export async function insertTelemetryEventsAcrossWorkspaces(
  tx: Tx,
  rows: EventRow[],
  sought: { from: Date; to: Date },
): Promise<{ deploymentId: string; eventId: string }[]> {
  const inserted = await sql<{ deploymentId: string; eventId: string }>`
    with incoming as (
      select distinct on (deployment_id, event_id) * from json_to_recordset(${recordsOf(rows)}::json) as row (
        retention_class text, occurred_at timestamptz, deployment_id text, event_id text, workspace_id text, agent_id text,
        user_id text, runtime_provider text, requests bigint, llm_tokens bigint, compute_ms bigint, tool_calls bigint,
        errors bigint, error_class text, cost_usd_estimated double precision, trace_id text)
    ), fresh as (
      insert into telemetry_events (retention_class, occurred_at, deployment_id, event_id, workspace_id, agent_id, user_id,
        runtime_provider, requests, llm_tokens, compute_ms, tool_calls, errors, error_class, cost_usd_estimated, trace_id)
      select * from incoming
      where not exists (
        select from telemetry_events as earlier
        where earlier.retention_class = any (${[...new Set(rows.map((row) => row.retentionClass))]}::text[])
          and earlier.occurred_at >= ${sought.from} and earlier.occurred_at < ${sought.to}
          and earlier.deployment_id = incoming.deployment_id and earlier.event_id = incoming.event_id)
      on conflict do nothing
      returning *
    ), by_minute as (${addTo("usage_minutes", "minute")}
    ), by_hour as (${addTo("usage_hours", "hour")}
    ), by_day as (${addTo("usage_days", "day")}
    )
    select deployment_id, event_id from fresh`.execute(tx);
  return inserted.rows;
}

function addTo(table: string, step: "minute" | "hour" | "day") {
  return sql`
      insert into ${sql.table(table)} as sums (workspace_id, agent_id, deployment_id, runtime_provider, ${sql.ref(step)}, requests,
        llm_tokens, compute_ms, tool_calls, errors, events, cost_usd_estimated)
      select workspace_id, agent_id, deployment_id, runtime_provider, date_trunc(${sql.lit(step)}, occurred_at, 'UTC'),
        least(sum(requests), ${sumMax}), least(sum(llm_tokens), ${sumMax}), least(sum(compute_ms), ${sumMax}),
        least(sum(tool_calls), ${sumMax}), least(sum(errors), ${sumMax}), count(*), sum(cost_usd_estimated::numeric)
      from fresh group by 1, 2, 3, 4, 5
      on conflict (workspace_id, ${sql.ref(step)}, deployment_id) do update set
        requests = least(sums.requests + excluded.requests, ${sumMax}),
        llm_tokens = least(sums.llm_tokens + excluded.llm_tokens, ${sumMax}),
        compute_ms = least(sums.compute_ms + excluded.compute_ms, ${sumMax}),
        tool_calls = least(sums.tool_calls + excluded.tool_calls, ${sumMax}),
        errors = least(sums.errors + excluded.errors, ${sumMax}),
        events = sums.events + excluded.events,
        cost_usd_estimated = sums.cost_usd_estimated + excluded.cost_usd_estimated`;
}

/** One parameter for the whole group, in the columns' own names. */
function recordsOf(rows: EventRow[]): string {
  const snakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return JSON.stringify(
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [snakeCase(name), value]))),
  );
}
