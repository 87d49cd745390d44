// Sums per minute, hour and day that also hold what the gateway let through and how long it took; reports of sweeps and recounts; alerts
// about lost telemetry (MISSION G4, G5, J2).
import { type Kysely, sql } from "kysely";

/** Upper ends of the buckets in milliseconds, eight to the doubling; written down here as they were when this was released. */
const boundsMs = [...new Set(Array.from({ length: 161 }, (_, step) => Math.round(2 ** (step / 8))))];

const agentsRows = ["usage_minutes", "usage_days", "drop_alerts"];

export async function up(db: Kysely<unknown>): Promise<void> {
  await widenHours(db);
  await addMinutesAndDays(db);
  await addReports(db);
  await addDropAlerts(db);
  await secureTables(db);
  await countLatencies(db);
  await countCalls(db);
  await fillFromBefore(db);
  await dropOneDayAtATime(db);
}

/** Exact sums: a sum of binary fractions depends on the order in which they came, and a recount would differ from it. */
async function widenHours(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table usage_hours
      add column calls bigint not null default 0 check (calls >= 0),
      add column failed_calls bigint not null default 0 check (failed_calls >= 0),
      add column call_ms bigint not null default 0 check (call_ms >= 0),
      add column latency_counts bigint[] not null default '{}',
      alter column cost_usd_estimated type numeric`.execute(db);
  await sql`create index usage_hours_hour on usage_hours (hour)`.execute(db);
}

async function addMinutesAndDays(db: Kysely<unknown>): Promise<void> {
  for (const [table, start] of [
    ["usage_minutes", "minute"],
    ["usage_days", "day"],
  ] as const) {
    await sql`
      create table ${sql.table(table)} (
        workspace_id text not null,
        agent_id text not null,
        deployment_id text not null,
        runtime_provider text not null,
        ${sql.ref(start)} timestamptz not null,
        requests bigint not null default 0,
        llm_tokens bigint not null default 0,
        compute_ms bigint not null default 0,
        tool_calls bigint not null default 0,
        errors bigint not null default 0,
        events bigint not null default 0,
        cost_usd_estimated numeric not null default 0,
        calls bigint not null default 0 check (calls >= 0),
        failed_calls bigint not null default 0 check (failed_calls >= 0),
        call_ms bigint not null default 0 check (call_ms >= 0),
        latency_counts bigint[] not null default '{}',
        primary key (workspace_id, ${sql.ref(start)}, deployment_id)
      )`.execute(db);
    await sql`create index on ${sql.table(table)} (${sql.ref(start)})`.execute(db);
  }
}

async function addReports(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table telemetry_sweeps (
      id bigint generated always as identity primary key,
      retention_class text not null,
      keep_from date not null,
      started_at timestamptz not null,
      finished_at timestamptz not null,
      partitions_dropped integer not null check (partitions_dropped >= 0),
      bytes_freed bigint not null check (bytes_freed >= 0),
      partitions_ahead integer not null check (partitions_ahead >= 0),
      is_complete boolean not null
    )`.execute(db);
  await sql`create index telemetry_sweeps_finished on telemetry_sweeps (finished_at)`.execute(db);
  await sql`
    create table usage_recounts (
      id bigint generated always as identity primary key,
      counted_from timestamptz not null,
      counted_to timestamptz not null,
      started_at timestamptz not null,
      finished_at timestamptz not null,
      sums_checked bigint not null check (sums_checked >= 0),
      sums_repaired bigint not null check (sums_repaired >= 0),
      events_drift bigint not null check (events_drift >= 0),
      calls_drift bigint not null check (calls_drift >= 0)
    )`.execute(db);
  await sql`create index usage_recounts_finished on usage_recounts (finished_at)`.execute(db);
  await sql`grant select, insert, delete on telemetry_sweeps, usage_recounts to whs_across`.execute(db);
}

async function addDropAlerts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table drop_alerts (
      workspace_id text not null,
      agent_id text not null,
      deployment_id text not null,
      day date not null,
      expected_events bigint not null check (expected_events > 0),
      received_events bigint not null check (received_events >= 0),
      created_at timestamptz not null,
      primary key (deployment_id, day),
      foreign key (workspace_id, agent_id, deployment_id)
        references deployments (workspace_id, agent_id, id) on delete cascade
    )`.execute(db);
  await sql`create index drop_alerts_created on drop_alerts (created_at)`.execute(db);
}

async function secureTables(db: Kysely<unknown>): Promise<void> {
  const isUnbound = sql`(select coalesce(current_setting('whs.agent_ids', true), '') = '')`;
  const named = sql`(select nullif(current_setting('whs.agent_ids', true), '')::text[])`;
  for (const table of agentsRows) {
    await sql`alter table ${sql.table(table)} enable row level security`.execute(db);
    await sql`grant select on ${sql.table(table)} to whs_app`.execute(db);
    await sql`grant select, insert, update, delete on ${sql.table(table)} to whs_across`.execute(db);
    await sql`
      create policy own_workspace on ${sql.table(table)} to whs_app
        using (workspace_id = current_setting('whs.workspace_id', true))
        with check (workspace_id = current_setting('whs.workspace_id', true))`.execute(db);
    await sql`create policy across on ${sql.table(table)} to whs_across using (true) with check (true)`.execute(db);
    await sql`
      create policy named_agents on ${sql.table(table)} as restrictive to whs_app
        using (${isUnbound} or agent_id = any (${named}::text[]))`.execute(db);
  }
}

/** A histogram is an array: its nth entry counts the calls of the nth bucket. Arrays of any two rows can be added. */
async function countLatencies(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function latency_bucket(ms bigint) returns integer language sql immutable parallel safe as $$
      select width_bucket(ms - 1, ${sql.lit(`{${boundsMs.join(",")}}`)}::bigint[])
    $$`.execute(db);
  await sql`
    create function add_counts(one bigint[], other bigint[]) returns bigint[] language sql immutable parallel safe as $$
      select coalesce(array_agg(coalesce(a, 0) + coalesce(b, 0) order by place), '{}')
      from unnest(one, other) with ordinality as pair (a, b, place)
    $$`.execute(db);
  await sql`
    create function count_in(counts bigint[], bucket integer, amount bigint) returns bigint[]
    language plpgsql immutable parallel safe as $$
      declare missing integer := bucket + 1 - coalesce(array_length(counts, 1), 0);
      begin
        if bucket is null then return counts; end if;
        if missing > 0 then counts := counts || array_fill(0::bigint, array[missing]); end if;
        counts[bucket + 1] := counts[bucket + 1] + amount;
        return counts;
      end
    $$`.execute(db);
  await sql`create aggregate sum_counts(bigint[]) (sfunc = add_counts, stype = bigint[], initcond = '{}')`.execute(db);
  await sql`create aggregate counts_of(integer, bigint) (sfunc = count_in, stype = bigint[], initcond = '{}')`.execute(db);
}

/**
 * Whoever records a call counts it, in the same commit. The lock is the one that telemetry takes before it counts: two who count
 * for one deployment take turns instead of waiting for each other.
 */
async function countCalls(db: Kysely<unknown>): Promise<void> {
  const steps = ["minute", "hour", "day"].map((step) => countStep(`usage_${step}s`, step)).join(";\n");
  await sql`
    create function count_calls() returns trigger language plpgsql set search_path = public as $$
      begin
        perform pg_advisory_xact_lock(key) from (
          select distinct hashtextextended(deployment_id, 20) as key from fresh order by key
        ) as keys;
        ${sql.raw(steps)};
        return null;
      end
    $$`.execute(db);
  await sql`
    create trigger invocations_counted after insert on invocations
      referencing new table as fresh for each statement execute function count_calls()`.execute(db);
}

function countStep(table: string, step: string): string {
  return `
    insert into ${table} as sums
      (workspace_id, agent_id, deployment_id, runtime_provider, ${step}, calls, failed_calls, call_ms, latency_counts)
    select workspace_id, agent_id, deployment_id, runtime, at, sum(calls), sum(failed), sum(ms), counts_of(bucket, calls::bigint)
    from (
      select f.workspace_id, f.agent_id, f.deployment_id, d.runtime, date_trunc('${step}', f.started_at, 'UTC') as at,
        latency_bucket(f.compute_ms) as bucket, count(*) as calls, count(*) filter (where f.outcome = 'error') as failed,
        sum(f.compute_ms) as ms
      from fresh f join deployments d on d.id = f.deployment_id and d.workspace_id = f.workspace_id and d.agent_id = f.agent_id
      group by 1, 2, 3, 4, 5, 6
    ) as counted
    group by 1, 2, 3, 4, 5 order by 1, 5, 3
    on conflict (workspace_id, ${step}, deployment_id) do update set
      calls = sums.calls + excluded.calls, failed_calls = sums.failed_calls + excluded.failed_calls,
      call_ms = sums.call_ms + excluded.call_ms, latency_counts = add_counts(sums.latency_counts, excluded.latency_counts)`;
}

/** What was recorded before this release counts as well; minutes are kept for days only, so theirs begin now. */
async function fillFromBefore(db: Kysely<unknown>): Promise<void> {
  await sql.raw(countStep("usage_hours", "hour").replace("from fresh f", "from invocations f")).execute(db);
  await sql`
    insert into usage_days
    select workspace_id, agent_id, deployment_id, max(runtime_provider), date_trunc('day', hour, 'UTC'), sum(requests),
      least(sum(llm_tokens), 9007199254740991), least(sum(compute_ms), 9007199254740991), sum(tool_calls), sum(errors), sum(events),
      sum(cost_usd_estimated), sum(calls), sum(failed_calls), sum(call_ms), sum_counts(latency_counts)
    from usage_hours group by 1, 2, 3, 5`.execute(db);
}

/**
 * The oldest day alone, in a transaction of its own, and no longer wait for its lock than writers notice: behind one who waits,
 * all others wait too.
 */
async function dropOneDayAtATime(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function drop_oldest_telemetry_partition(class text, keep_from date, out name text, out bytes bigint)
    language plpgsql security definer set search_path = public set lock_timeout = '200ms' as $$
    begin
      if class !~ '^[a-z][a-z0-9_]{0,20}$' then raise exception 'bad retention class %', class; end if;
      select c.relname, pg_total_relation_size(c.oid) into name, bytes
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = to_regclass('telemetry_' || class) and c.relname ~ '_[0-9]{8}$'
        and to_date(right(c.relname, 8), 'YYYYMMDD') < keep_from
      order by c.relname limit 1;
      if name is not null then execute format('drop table if exists %I', name); end if;
    end $$`.execute(db);
  await sql`revoke all on function drop_oldest_telemetry_partition(text, date) from public`.execute(db);
  await sql`grant execute on function drop_oldest_telemetry_partition(text, date) to whs_across`.execute(db);
}
