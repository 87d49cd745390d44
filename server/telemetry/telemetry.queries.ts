// Telemetry as it is taken in: whose a deployment is, the events, their sums, and the partitions they lie in.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { Runtime } from "~/db/tables/deployments";
import type { ErrorClass } from "~/db/tables/invocations";
import type { Tx } from "~/db/transaction";

/** The largest sum a column holds: what JavaScript still counts exactly. Sums stop here instead of failing their batch. */
const sumMax = Number.MAX_SAFE_INTEGER;
const escaped = /["\\]/g;

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

export type DroppedDay = { name: string; bytes: number; daysLeft: number };

/**
 * Drops the oldest day before `keepFrom`, and waits for nobody who reads it longer than writers would notice. Answers what went, and how
 * many more days should; null when there is none. Throws PostgreSQL's 55P03 when somebody holds it.
 */
export async function dropOldestDayAcrossWorkspaces(
  db: Db,
  retentionClass: string,
  keepFrom: string,
): Promise<DroppedDay | null> {
  const { rows } = await sql<DroppedDay | { name: null }>`
    select name, bytes, days_left from drop_oldest_telemetry_day(${retentionClass}, ${keepFrom}::date)`.execute(db);
  const [row] = rows;
  return row && row.name !== null ? row : null;
}

/**
 * Two processes that were sent the same event take turns, so that the second one sees the first one's row. For the rest of the transaction
 * events are looked up by index alone: of a day that has only begun PostgreSQL knows nothing yet, and it would read the day whole for each.
 */
export async function lockDeploymentsAcrossWorkspaces(tx: Tx, deploymentIds: string[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(key), set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)
    from (
      select distinct hashtextextended(id, 20) as key from unnest(${deploymentIds}::text[]) as id order by key
    ) as keys`.execute(tx);
}

/**
 * Inserts what is new and adds it to the sums of its minute, hour and day, in one statement. An event id counts once per deployment,
 * as it came first, whatever else is said under it later; `sought` is where an earlier one can be: PostgreSQL then looks into these days
 * only. Answers the events that were new.
 */
export async function insertTelemetryEventsAcrossWorkspaces(
  tx: Tx,
  rows: EventRow[],
  sought: { from: Date; to: Date },
): Promise<{ deploymentId: string; eventId: string }[]> {
  const { sources, places } = sourcesOf(rows);
  const inserted = await sql<{ deploymentId: string; eventId: string }>`
    with incoming as (
      select distinct on (source.deployment_id, event.event_id) retention_class, occurred_at, deployment_id, event_id, workspace_id,
        agent_id, user_id, runtime_provider, requests, llm_tokens, compute_ms, tool_calls, errors, error_class, cost, trace_id
      from unnest(${`{${places.join(",")}}`}::int[], ${wordsOf(rows, (row) => row.occurredAt)}::timestamptz[],
        ${wordsOf(rows, (row) => row.eventId)}::text[], ${numbersOf(rows, (row) => row.requests)}::bigint[],
        ${numbersOf(rows, (row) => row.llmTokens)}::bigint[], ${numbersOf(rows, (row) => row.computeMs)}::bigint[],
        ${numbersOf(rows, (row) => row.toolCalls)}::bigint[], ${numbersOf(rows, (row) => row.errors)}::bigint[],
        ${wordsOf(rows, (row) => row.errorClass)}::text[], ${numbersOf(rows, (row) => row.costUsdEstimated)}::float8[],
        ${wordsOf(rows, (row) => row.traceId)}::text[]) with ordinality
        as event (place, occurred_at, event_id, requests, llm_tokens, compute_ms, tool_calls, errors, error_class, cost, trace_id, nth)
      join json_to_recordset(${JSON.stringify(sources)}::json) as source (place int, retention_class text, deployment_id text,
        workspace_id text, agent_id text, user_id text, runtime_provider text) using (place)
      order by source.deployment_id, event.event_id, event.nth
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
    ), minutes as materialized (
      select workspace_id, agent_id, deployment_id, runtime_provider, date_trunc('minute', occurred_at, 'UTC') as at,
        sum(requests) as requests, sum(llm_tokens) as llm_tokens, sum(compute_ms) as compute_ms, sum(tool_calls) as tool_calls,
        sum(errors) as errors, count(*) as events, sum(cost_usd_estimated::numeric) as cost
      from fresh group by 1, 2, 3, 4, 5
    ), by_minute as (${addTo("usage_minutes", "minute")}
    ), by_hour as (${addTo("usage_hours", "hour")}
    ), by_day as (${addTo("usage_days", "day")}
    )
    select deployment_id, event_id from fresh`.execute(tx);
  return inserted.rows;
}

/** From the minutes of what is new: coarser steps then cost next to nothing. */
function addTo(table: string, step: "minute" | "hour" | "day") {
  const most = sql.lit(sumMax);
  return sql`
      insert into ${sql.table(table)} as sums (workspace_id, agent_id, deployment_id, runtime_provider, ${sql.ref(step)}, requests,
        llm_tokens, compute_ms, tool_calls, errors, events, cost_usd_estimated)
      select workspace_id, agent_id, deployment_id, runtime_provider, date_trunc(${sql.lit(step)}, at, 'UTC'),
        least(sum(requests), ${most}), least(sum(llm_tokens), ${most}), least(sum(compute_ms), ${most}),
        least(sum(tool_calls), ${most}), least(sum(errors), ${most}), sum(events), sum(cost)
      from minutes group by 1, 2, 3, 4, 5
      on conflict (workspace_id, ${sql.ref(step)}, deployment_id) do update set
        requests = least(sums.requests + excluded.requests, ${most}),
        llm_tokens = least(sums.llm_tokens + excluded.llm_tokens, ${most}),
        compute_ms = least(sums.compute_ms + excluded.compute_ms, ${most}),
        tool_calls = least(sums.tool_calls + excluded.tool_calls, ${most}),
        errors = least(sums.errors + excluded.errors, ${most}),
        events = sums.events + excluded.events,
        cost_usd_estimated = sums.cost_usd_estimated + excluded.cost_usd_estimated`;
}

/** What all events of a deployment have in common, which is frozen on its row but for the retention class, is sent once. */
function sourcesOf(rows: EventRow[]) {
  const firsts = new Map<string, { place: number; row: EventRow }>();
  const places = rows.map((row) => {
    const name = `${row.deploymentId}/${row.retentionClass}`;
    const first = firsts.get(name) ?? { place: firsts.size, row };
    if (first.row === row) firsts.set(name, first);
    return first.place;
  });
  const sources = [...firsts.values()].map(({ place, row }) => ({
    place,
    retention_class: row.retentionClass,
    deployment_id: row.deploymentId,
    workspace_id: row.workspaceId,
    agent_id: row.agentId,
    user_id: row.userId,
    runtime_provider: row.runtimeProvider,
  }));
  return { sources, places };
}

/** PostgreSQL's text form of an array of numbers, which needs no escapes. */
function numbersOf(rows: EventRow[], numberOf: (row: EventRow) => number): string {
  return `{${rows.map(numberOf).join(",")}}`;
}

/** The same of words, quoted whatever they hold; null stays null. */
function wordsOf(rows: EventRow[], wordOf: (row: EventRow) => string | null): string {
  const words = rows.map((row) => {
    const word = wordOf(row);
    return word === null ? "null" : `"${word.replaceAll(escaped, "\\$&")}"`;
  });
  return `{${words.join(",")}}`;
}
