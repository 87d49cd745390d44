// A group of telemetry is taken in by one function: PostgreSQL then plans its statements once for a connection, and is asked once for a group.
import { type Kysely, sql } from "kysely";

/** What JavaScript still counts exactly. Sums stop here instead of failing their group. */
const sumMax = Number.MAX_SAFE_INTEGER;

export async function up(db: Kysely<unknown>): Promise<void> {
  const steps = ["minute", "hour", "day"].map((step) => `by_${step} as (${addTo(`usage_${step}s`, step)})`).join(",");
  await sql`
    create function take_telemetry_events(
      sources json, classes text[], sought_from timestamptz, sought_to timestamptz, places integer[], times timestamptz[], ids text[],
      all_requests bigint[], all_tokens bigint[], all_ms bigint[], all_tools bigint[], all_errors bigint[], error_classes text[],
      costs double precision[], traces text[]
    ) returns integer[] language plpgsql set search_path = public set enable_seqscan = off set enable_bitmapscan = off as $$
    declare known integer[];
    begin
      perform pg_advisory_xact_lock(key) from (
        select distinct hashtextextended(deployment_id, 20) as key from json_to_recordset(sources) as source (deployment_id text) order by key
      ) as keys;
      with ${sql.raw(incoming)}, ${sql.raw(kept)}, ${sql.raw(minutes)}, ${sql.raw(steps)}
      select array_agg(nth::integer) into known from incoming where is_known;
      return known;
    end $$`.execute(db);
  await sql`
    comment on function take_telemetry_events is
      'Keeps what is new of these events and adds it to the sums, and answers the places, from 1, of those that it knew. An event id counts
       once for a deployment, as it came first, whatever else is said under it later; earlier ones are sought in the days between the two
       times. Writers of one deployment take turns, each seeing what those before it wrote. No two of the events may have the same id.'`.execute(
    db,
  );
  await sql`revoke all on function take_telemetry_events from public`.execute(db);
  await sql`grant execute on function take_telemetry_events to whs_across`.execute(db);
}

/**
 * Looked up one by one and by index alone, however few rows a day seems to have: of one that has only begun PostgreSQL knows nothing yet,
 * and a plan is kept while the day grows.
 */
const incoming = `
      incoming as materialized (
        select source.*, event.*, (
            select true from telemetry_events as earlier
            where earlier.retention_class = any (classes) and earlier.occurred_at >= sought_from and earlier.occurred_at < sought_to
              and earlier.deployment_id = source.deployment_id and earlier.event_id = event.event_id limit 1) as is_known
        from unnest(places, times, ids, all_requests, all_tokens, all_ms, all_tools, all_errors, error_classes, costs, traces)
          with ordinality as event (place, occurred_at, event_id, requests, llm_tokens, compute_ms, tool_calls, errors, error_class, cost,
            trace_id, nth)
        join json_to_recordset(sources) as source (of_place integer, retention_class text, deployment_id text, workspace_id text,
          agent_id text, user_id text, runtime_provider text) on source.of_place = event.place
      )`;

/** Without a word about conflicts: whoever writes under the same id has the same lock, and the check for them costs as much as the row. */
const kept = `
      kept as (
        insert into telemetry_events (retention_class, occurred_at, deployment_id, event_id, workspace_id, agent_id, user_id,
          runtime_provider, requests, llm_tokens, compute_ms, tool_calls, errors, error_class, cost_usd_estimated, trace_id)
        select retention_class, occurred_at, deployment_id, event_id, workspace_id, agent_id, user_id,
          runtime_provider, requests, llm_tokens, compute_ms, tool_calls, errors, error_class, cost, trace_id
        from incoming where is_known is null
      )`;

const minutes = `
      minutes as materialized (
        select workspace_id, agent_id, deployment_id, runtime_provider, date_trunc('minute', occurred_at, 'UTC') as at,
          sum(requests) as requests, sum(llm_tokens) as llm_tokens, sum(compute_ms) as compute_ms, sum(tool_calls) as tool_calls,
          sum(errors) as errors, count(*) as events, sum(cost::numeric) as cost
        from incoming where is_known is null group by 1, 2, 3, 4, 5
      )`;

/** From the minutes of what is new: coarser steps then cost next to nothing. */
function addTo(table: string, step: string): string {
  return `
        insert into ${table} as sums (workspace_id, agent_id, deployment_id, runtime_provider, ${step}, requests, llm_tokens,
          compute_ms, tool_calls, errors, events, cost_usd_estimated)
        select workspace_id, agent_id, deployment_id, runtime_provider, date_trunc('${step}', at, 'UTC'),
          least(sum(requests), ${sumMax}), least(sum(llm_tokens), ${sumMax}), least(sum(compute_ms), ${sumMax}),
          least(sum(tool_calls), ${sumMax}), least(sum(errors), ${sumMax}), sum(events), sum(cost)
        from minutes group by 1, 2, 3, 4, 5
        on conflict (workspace_id, ${step}, deployment_id) do update set
          requests = least(sums.requests + excluded.requests, ${sumMax}),
          llm_tokens = least(sums.llm_tokens + excluded.llm_tokens, ${sumMax}),
          compute_ms = least(sums.compute_ms + excluded.compute_ms, ${sumMax}),
          tool_calls = least(sums.tool_calls + excluded.tool_calls, ${sumMax}),
          errors = least(sums.errors + excluded.errors, ${sumMax}),
          events = sums.events + excluded.events,
          cost_usd_estimated = sums.cost_usd_estimated + excluded.cost_usd_estimated`;
}
