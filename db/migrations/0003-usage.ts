// Sessions, invocations, telemetry (partitioned by retention class and day) and its hourly sums.
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table agent_sessions (
      id text primary key,
      workspace_id text not null,
      agent_id text not null,
      deployment_id text not null,
      principal text not null,
      last_used_at timestamptz not null default now(),
      created_at timestamptz not null default now(),
      foreign key (workspace_id, agent_id, deployment_id)
        references deployments (workspace_id, agent_id, id) on delete cascade
    )`.execute(db);
  await sql`create index agent_sessions_agent on agent_sessions (agent_id, last_used_at desc)`.execute(db);
  await sql`
    create table invocations (
      id text primary key,
      trace_id text not null,
      workspace_id text not null,
      agent_id text not null,
      deployment_id text not null,
      session_id text,
      principal text not null,
      mode text not null check (mode in ('json', 'stream')),
      outcome text not null check (outcome in ('ok', 'error', 'aborted')),
      error_code text,
      error_class text check (error_class in ('auth', 'limit', 'runtime', 'tool', 'unknown')),
      error_message text check (length(error_message) <= 1000),
      compute_ms integer not null check (compute_ms >= 0),
      first_byte_ms integer,
      started_at timestamptz not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index invocations_workspace on invocations (workspace_id, started_at desc)`.execute(db);
  await sql`create index invocations_agent on invocations (agent_id, started_at desc)`.execute(db);
  await sql`create index invocations_trace on invocations (workspace_id, trace_id)`.execute(db);
  await sql`
    create table telemetry_events (
      retention_class text not null,
      occurred_at timestamptz not null,
      deployment_id text not null,
      event_id text not null,
      workspace_id text not null,
      agent_id text not null,
      user_id text not null,
      runtime_provider text not null,
      requests bigint not null check (requests >= 0),
      llm_tokens bigint not null check (llm_tokens >= 0),
      compute_ms bigint not null check (compute_ms >= 0),
      tool_calls bigint not null check (tool_calls >= 0),
      errors bigint not null check (errors >= 0),
      error_class text check (error_class in ('auth', 'limit', 'runtime', 'tool', 'unknown')),
      cost_usd_estimated double precision not null check (cost_usd_estimated >= 0),
      trace_id text,
      received_at timestamptz not null default now(),
      primary key (retention_class, occurred_at, deployment_id, event_id)
    ) partition by list (retention_class)`.execute(db);
  await sql`create index telemetry_events_event on telemetry_events (deployment_id, event_id)`.execute(db);
  await sql`create index telemetry_events_trace on telemetry_events (workspace_id, trace_id)`.execute(db);
  await sql`
    create function ensure_telemetry_partition(class text, day date) returns void
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
      end if;
    end $$`.execute(db);
  await sql`
    create function drop_telemetry_partitions(class text, keep_from date) returns setof text
    language plpgsql security definer set search_path = public set lock_timeout = '2s' as $$
    declare parent regclass := to_regclass('telemetry_' || class); child name;
    begin
      if class !~ '^[a-z][a-z0-9_]{0,20}$' then raise exception 'bad retention class %', class; end if;
      if parent is null then return; end if;
      for child in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = parent and c.relname ~ '_[0-9]{8}$' and to_date(right(c.relname, 8), 'YYYYMMDD') < keep_from
        order by c.relname limit 400
      loop
        execute format('drop table %I', child);
        return next child;
      end loop;
    end $$`.execute(db);
  await sql`
    create table usage_hours (
      workspace_id text not null,
      agent_id text not null,
      deployment_id text not null,
      runtime_provider text not null,
      hour timestamptz not null,
      requests bigint not null default 0,
      llm_tokens bigint not null default 0,
      compute_ms bigint not null default 0,
      tool_calls bigint not null default 0,
      errors bigint not null default 0,
      events bigint not null default 0,
      cost_usd_estimated double precision not null default 0,
      primary key (workspace_id, hour, deployment_id)
    )`.execute(db);
}
