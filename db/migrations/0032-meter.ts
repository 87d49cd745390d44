// The meter: raw telemetry under fewer indexes, days dropped at a pace, a report of each recount of budgets, calls that reached no runtime.
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await makeLighterPartitions(db);
  await lightenPartitions(db);
  await dropDayByDay(db);
  await reportBudgetRecounts(db);
  await tellUnreachedCalls(db);
}

/**
 * The former key began with class and time, so that PostgreSQL, before it has counted a new day, took it for the way to an event id and
 * read the day whole for each event. What must be unique is the event id of a deployment.
 */
async function makeLighterPartitions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create or replace function ensure_telemetry_partition(class text, day date) returns void
    language plpgsql security definer set search_path = public as $$
    declare parent text := 'telemetry_' || class; child text := parent || '_' || to_char(day, 'YYYYMMDD');
    begin
      if class !~ '^[a-z][a-z0-9_]{0,20}$' then raise exception 'bad retention class %', class; end if;
      if to_regclass(child) is not null then return; end if;
      perform pg_advisory_xact_lock(hashtext('telemetry_partitions'));
      if to_regclass(parent) is null then
        execute format('create table %I partition of telemetry_events for values in (%L) partition by range (occurred_at)', parent, class);
      end if;
      if to_regclass(child) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)', child, parent,
          day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
        perform index_telemetry_partition(child::regclass);
      end if;
    end $$`.execute(db);
  await sql`
    create function index_telemetry_partition(child regclass) returns void language plpgsql set search_path = public as $$
    begin
      execute format('create unique index on %s (deployment_id, event_id)', child);
      execute format('create index on %s using brin (occurred_at) with (pages_per_range = 16, autosummarize = on)', child);
    end $$`.execute(db);
  await sql`revoke all on function index_telemetry_partition(regclass) from public`.execute(db);
}

/** Days that may still be written to or counted again; older ones are read by time and trace alone, and wait to be dropped. */
async function lightenPartitions(db: Kysely<unknown>): Promise<void> {
  await sql`alter table telemetry_events drop constraint telemetry_events_pkey`.execute(db);
  await sql`drop index telemetry_events_event`.execute(db);
  await sql`
    do $$
    declare child regclass;
    begin
      for child in
        select leaf.oid from pg_class leaf
        join pg_inherits below on below.inhrelid = leaf.oid join pg_inherits above on above.inhrelid = below.inhparent
        where above.inhparent = 'telemetry_events'::regclass and leaf.relname ~ '_[0-9]{8}$'
          and to_date(right(leaf.relname, 8), 'YYYYMMDD') >= current_date - 4
      loop
        perform index_telemetry_partition(child);
      end loop;
    end $$`.execute(db);
}

/**
 * As `drop_oldest_telemetry_partition` of 0024, which the code of before goes on to call; this one waits less for its lock, and says
 * whether there are more.
 */
async function dropDayByDay(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function drop_oldest_telemetry_day(class text, keep_from date, out name text, out bytes bigint, out days_left integer)
    language plpgsql security definer set search_path = public set lock_timeout = '50ms' as $$
    begin
      if class !~ '^[a-z][a-z0-9_]{0,20}$' then raise exception 'bad retention class %', class; end if;
      select c.relname, pg_total_relation_size(c.oid), count(*) over () - 1 into name, bytes, days_left
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = to_regclass('telemetry_' || class) and c.relname ~ '_[0-9]{8}$'
        and to_date(right(c.relname, 8), 'YYYYMMDD') < keep_from
      order by c.relname limit 1;
      if name is not null then execute format('drop table if exists %I', name); end if;
    end $$`.execute(db);
  await sql`revoke all on function drop_oldest_telemetry_day(text, date) from public`.execute(db);
  await sql`grant execute on function drop_oldest_telemetry_day(text, date) to whs_across`.execute(db);
}

async function reportBudgetRecounts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table budget_recounts (
      id bigint generated always as identity primary key,
      started_at timestamptz not null,
      finished_at timestamptz not null,
      periods_checked integer not null check (periods_checked >= 0),
      periods_mended integer not null check (periods_mended >= 0),
      requests_drift bigint not null check (requests_drift >= 0),
      compute_ms_drift bigint not null check (compute_ms_drift >= 0),
      tokens_drift bigint not null check (tokens_drift >= 0)
    )`.execute(db);
  await sql`create index budget_recounts_finished on budget_recounts (finished_at)`.execute(db);
  await sql`grant select, insert, delete on budget_recounts to whs_across`.execute(db);
}

/** A call that no runtime ever got is not reported by one: nobody expects it to be. What was counted before is left as it was. */
async function tellUnreachedCalls(db: Kysely<unknown>): Promise<void> {
  await sql`alter table invocations add column reached_runtime boolean not null default true`.execute(db);
  for (const table of ["usage_minutes", "usage_hours", "usage_days"]) {
    await sql`
      alter table ${sql.table(table)}
        add column unreached_calls bigint not null default 0 check (unreached_calls >= 0)`.execute(db);
  }
  const steps = ["minute", "hour", "day"].map((step) => countStep(`usage_${step}s`, step)).join(";\n");
  await sql`
    create or replace function count_calls() returns trigger language plpgsql set search_path = public as $$
      begin
        perform pg_advisory_xact_lock(key) from (
          select distinct hashtextextended(deployment_id, 20) as key from fresh order by key
        ) as keys;
        ${sql.raw(steps)};
        return null;
      end
    $$`.execute(db);
}

/** As in 0024, with the calls that reached no runtime. */
function countStep(table: string, step: string): string {
  return `
    insert into ${table} as sums
      (workspace_id, agent_id, deployment_id, runtime_provider, ${step}, calls, failed_calls, unreached_calls, call_ms, latency_counts)
    select workspace_id, agent_id, deployment_id, runtime, at, sum(calls), sum(failed), sum(unreached), sum(ms),
      counts_of(bucket, calls::bigint)
    from (
      select f.workspace_id, f.agent_id, f.deployment_id, d.runtime, date_trunc('${step}', f.started_at, 'UTC') as at,
        latency_bucket(f.compute_ms) as bucket, count(*) as calls, count(*) filter (where f.outcome = 'error') as failed,
        count(*) filter (where not f.reached_runtime) as unreached, sum(f.compute_ms) as ms
      from fresh f join deployments d on d.id = f.deployment_id and d.workspace_id = f.workspace_id and d.agent_id = f.agent_id
      group by 1, 2, 3, 4, 5, 6
    ) as counted
    group by 1, 2, 3, 4, 5 order by 1, 5, 3
    on conflict (workspace_id, ${step}, deployment_id) do update set
      calls = sums.calls + excluded.calls, failed_calls = sums.failed_calls + excluded.failed_calls,
      unreached_calls = sums.unreached_calls + excluded.unreached_calls,
      call_ms = sums.call_ms + excluded.call_ms, latency_counts = add_counts(sums.latency_counts, excluded.latency_counts)`;
}
