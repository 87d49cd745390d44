// What became of each value of a secret, when a secret wants to be replaced, and the restarts that bring new values in (MISSION F2, F4).
import { type Kysely, sql } from "kysely";

/** As in 0010: null means every agent. */
const named = sql`(select nullif(current_setting('whs.agent_ids', true), '')::text[])`;
const isUnbound = sql`(select coalesce(current_setting('whs.agent_ids', true), '') = '')`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table agent_secrets
      add column expires_at timestamptz,
      add column expiry_told_days integer check (expiry_told_days in (14, 3, 0)),
      add check (expiry_told_days is null or expires_at is not null)`.execute(db);
  await sql`
    create index agent_secrets_expiring on agent_secrets (expires_at)
      where expires_at is not null and sealed_value is not null`.execute(db);
  await createVersions(db);
  await createRefreshes(db);
  for (const table of ["agent_secret_versions", "secret_refreshes"]) await secure(db, table);
}

/** Never a value, sealed or not: the sealed bytes of a replaced value are gone with the row that held them. */
async function createVersions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table agent_secret_versions (
      workspace_id text not null,
      agent_id text not null,
      name text not null check (name ~ '^[A-Z][A-Z0-9_]{0,63}$'),
      version integer not null check (version > 0),
      set_by text not null,
      set_at timestamptz not null,
      ended_by text,
      ended_at timestamptz,
      ended_how text check (ended_how in ('replaced', 'unset')),
      last_injected_at timestamptz,
      primary key (agent_id, name, version),
      foreign key (workspace_id, agent_id) references agents (workspace_id, id) on delete cascade,
      check ((ended_at is null) = (ended_by is null) and (ended_at is null) = (ended_how is null))
    )`.execute(db);
  await sql`
    create unique index agent_secret_versions_one_current on agent_secret_versions (agent_id, name)
      where ended_at is null`.execute(db);
  await sql`
    insert into agent_secret_versions
      (workspace_id, agent_id, name, version, set_by, set_at, ended_by, ended_at, ended_how, last_injected_at)
    select workspace_id, agent_id, name, version, updated_by, updated_at,
      case when sealed_value is null then updated_by end, case when sealed_value is null then updated_at end,
      case when sealed_value is null then 'unset' end, last_injected_at
    from agent_secrets`.execute(db);
}

async function createRefreshes(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table secret_refreshes (
      deployment_id text primary key,
      workspace_id text not null,
      agent_id text not null,
      status text not null check (status in ('waiting', 'running', 'done', 'failed')),
      wishes integer not null default 1 check (wishes > 0),
      attempts integer not null default 0 check (attempts >= 0),
      failure_reason text,
      requested_by text not null,
      requested_at timestamptz not null,
      heartbeat_at timestamptz,
      finished_at timestamptz,
      foreign key (workspace_id, agent_id, deployment_id) references deployments (workspace_id, agent_id, id) on delete cascade,
      check ((status in ('done', 'failed')) = (finished_at is not null)),
      check ((status = 'failed') = (failure_reason is not null))
    )`.execute(db);
  await sql`create unique index secret_refreshes_one_at_a_time on secret_refreshes (workspace_id) where status = 'running'`.execute(
    db,
  );
  await sql`create index secret_refreshes_open on secret_refreshes (workspace_id, requested_at) where finished_at is null`.execute(
    db,
  );
}

async function secure(db: Kysely<unknown>, table: string): Promise<void> {
  await sql`alter table ${sql.table(table)} enable row level security`.execute(db);
  await sql`grant select, insert, update, delete on ${sql.table(table)} to whs_app, whs_across`.execute(db);
  await sql`
    create policy own_workspace on ${sql.table(table)} to whs_app
      using (workspace_id = current_setting('whs.workspace_id', true))
      with check (workspace_id = current_setting('whs.workspace_id', true))`.execute(db);
  await sql`create policy across on ${sql.table(table)} to whs_across using (true) with check (true)`.execute(db);
  await sql`
    create policy named_agents on ${sql.table(table)} as restrictive to whs_app
      using (${isUnbound} or agent_id = any (${named}::text[]))`.execute(db);
}
