// What agents print, line by line: partitioned by retention class and day, with how far each source was read and what was left out
// (MISSION G6, J2).
import { type Kysely, sql } from "kysely";

const named = sql`(select nullif(current_setting('whs.agent_ids', true), '')::text[])`;
const isUnbound = sql`(select coalesce(current_setting('whs.agent_ids', true), '') = '')`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await createLines(db);
  await createSources(db);
  await createDays(db);
  await createSweeps(db);
  for (const table of ["agent_log_lines", "agent_log_sources", "agent_log_days"]) await secure(db, table);
}

/**
 * No foreign key: dropping a day would otherwise lock the table of agents. Lines of an agent that is deleted go by a trigger. Whoever
 * writes holds a lock of the agent, so that of one agent a later line has a larger id.
 */
async function createLines(db: Kysely<unknown>): Promise<void> {
  await sql`create sequence agent_log_line_ids`.execute(db);
  await sql`grant usage on sequence agent_log_line_ids to whs_across`.execute(db);
  await sql`
    create table agent_log_lines (
      id bigint not null default nextval('agent_log_line_ids'),
      retention_class text not null,
      at timestamptz not null,
      workspace_id text not null,
      agent_id text not null,
      deployment_id text not null,
      stream text not null check (stream in ('stdout', 'stderr', 'host')),
      line text not null check (octet_length(line) <= 16384),
      is_cut boolean not null,
      trace_id text,
      session_id text,
      primary key (agent_id, id, retention_class, at)
    ) partition by list (retention_class)`.execute(db);
  await createPartitioning(db);
  await sql`
    create function delete_lines_of_agent() returns trigger language plpgsql as $$
    begin
      delete from agent_log_lines where agent_id = old.id and workspace_id = old.workspace_id;
      return null;
    end $$`.execute(db);
  await sql`
    create trigger agents_lines_deleted after delete on agents
    for each row execute function delete_lines_of_agent()`.execute(db);
}

async function createPartitioning(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function ensure_log_partition(class text, day date) returns void
    language plpgsql security definer set search_path = public as $$
    declare parent text := 'agent_log_' || class; child text := parent || '_' || to_char(day, 'YYYYMMDD');
    begin
      if class !~ '^[a-z][a-z0-9_]{0,20}$' then raise exception 'bad retention class %', class; end if;
      if to_regclass(child) is not null then return; end if;
      perform pg_advisory_xact_lock(hashtext('agent_log_partitions'));
      if to_regclass(parent) is null then
        execute format('create table %I partition of agent_log_lines for values in (%L) partition by range (at)', parent, class);
      end if;
      if to_regclass(child) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)', child, parent,
          day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
      end if;
    end $$`.execute(db);
  await sql`
    create function drop_oldest_log_partition(class text, keep_from date, out name text, out bytes bigint)
    language plpgsql security definer set search_path = public set lock_timeout = '200ms' as $$
    begin
      if class !~ '^[a-z][a-z0-9_]{0,20}$' then raise exception 'bad retention class %', class; end if;
      select c.relname, pg_total_relation_size(c.oid) into name, bytes
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = to_regclass('agent_log_' || class) and c.relname ~ '_[0-9]{8}$'
        and to_date(right(c.relname, 8), 'YYYYMMDD') < keep_from
      order by c.relname limit 1;
      if name is not null then execute format('drop table if exists %I', name); end if;
    end $$`.execute(db);
  for (const name of ["ensure_log_partition", "drop_oldest_log_partition"]) {
    await sql`revoke all on function ${sql.id(name)}(text, date) from public`.execute(db);
    await sql`grant execute on function ${sql.id(name)}(text, date) to whs_across`.execute(db);
  }
}

async function createSources(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table agent_log_sources (
      deployment_id text not null,
      source text not null check (source ~ '^[0-9a-z_]{1,40}$'),
      workspace_id text not null,
      agent_id text not null,
      last_seq bigint not null check (last_seq >= 0),
      seen_at timestamptz not null,
      read_to timestamptz,
      read_ids jsonb not null default '[]' check (jsonb_typeof(read_ids) = 'array'),
      primary key (deployment_id, source),
      foreign key (workspace_id, agent_id, deployment_id) references deployments (workspace_id, agent_id, id) on delete cascade
    )`.execute(db);
  await sql`create index agent_log_sources_seen on agent_log_sources (seen_at)`.execute(db);
  await sql`create index agent_log_sources_agent on agent_log_sources (agent_id)`.execute(db);
}

async function createDays(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table agent_log_days (
      deployment_id text not null,
      day date not null,
      workspace_id text not null,
      agent_id text not null,
      lines bigint not null check (lines >= 0),
      bytes bigint not null check (bytes >= 0),
      left_out bigint not null check (left_out >= 0),
      minute timestamptz not null,
      minute_lines integer not null check (minute_lines >= 0),
      minute_bytes integer not null check (minute_bytes >= 0),
      untold integer not null check (untold >= 0),
      primary key (deployment_id, day),
      foreign key (workspace_id, agent_id, deployment_id) references deployments (workspace_id, agent_id, id) on delete cascade
    )`.execute(db);
  await sql`create index agent_log_days_agent on agent_log_days (agent_id, day)`.execute(db);
}

async function createSweeps(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table log_sweeps (
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
  await sql`grant select, insert, delete on log_sweeps to whs_across`.execute(db);
}

async function secure(db: Kysely<unknown>, table: string): Promise<void> {
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
