// Variables beside secrets, results of golden calls, and what became of versions that a plan does not keep (MISSION C1, C5, D6).
import { type Kysely, sql } from "kysely";

/** As in 0010: null means every agent. */
const named = sql`(select nullif(current_setting('whs.agent_ids', true), '')::text[])`;
const isUnbound = sql`(select coalesce(current_setting('whs.agent_ids', true), '') = '')`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await createVariables(db);
  await keepNamesApart(db);
  await sql`
    alter table deployments
      add column variable_versions jsonb not null default '{}',
      add column pruned_at timestamptz,
      add column placement_removed_at timestamptz,
      add check (pruned_at is null or status in ('ready', 'superseded', 'failed', 'cancelled'))`.execute(db);
  await sql`
    create index deployments_to_take_off on deployments (finished_at)
      where placement_removed_at is null and (pruned_at is not null or status in ('failed', 'cancelled'))`.execute(db);
  await sql`create index deployments_upload on deployments (upload_id)`.execute(db);
  await sql`
    alter table uploads
      add column pruned_at timestamptz,
      add column blob_removed_at timestamptz,
      add check (blob_removed_at is null or pruned_at is not null)`.execute(db);
  await sql`
    create index uploads_to_remove on uploads (pruned_at) where pruned_at is not null and blob_removed_at is null`.execute(db);
  await sql`alter table deployment_steps add column goldens jsonb`.execute(db);
}

async function createVariables(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table agent_variables (
      workspace_id text not null,
      agent_id text not null,
      name text not null check (name ~ '^[A-Z][A-Z0-9_]{0,63}$'),
      version integer not null check (version > 0),
      value text check (octet_length(value) between 1 and 4096),
      updated_by text not null,
      updated_at timestamptz not null default now(),
      created_at timestamptz not null default now(),
      primary key (agent_id, name),
      foreign key (workspace_id, agent_id) references agents (workspace_id, id) on delete cascade
    )`.execute(db);
  await sql`alter table agent_variables enable row level security`.execute(db);
  await sql`grant select, insert, update, delete on agent_variables to whs_app, whs_across`.execute(db);
  await sql`
    create policy own_workspace on agent_variables to whs_app
      using (workspace_id = current_setting('whs.workspace_id', true))
      with check (workspace_id = current_setting('whs.workspace_id', true))`.execute(db);
  await sql`create policy across on agent_variables to whs_across using (true) with check (true)`.execute(db);
  await sql`
    create policy named_agents on agent_variables as restrictive to whs_app
      using (${isUnbound} or agent_id = any (${named}::text[]))`.execute(db);
}

/**
 * A name is a variable's or a secret's, never both: an agent reads them from one place. Whoever gives a value waits for everybody
 * else who does so for the same agent, then looks at the other table.
 */
async function keepNamesApart(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function keep_names_apart() returns trigger language plpgsql as $$
    begin
      perform from agents where workspace_id = new.workspace_id and id = new.agent_id for no key update;
      if tg_table_name = 'agent_variables' and exists (
        select from agent_secrets s where s.agent_id = new.agent_id and s.name = new.name and s.sealed_value is not null
      ) or tg_table_name = 'agent_secrets' and exists (
        select from agent_variables v where v.agent_id = new.agent_id and v.name = new.name and v.value is not null
      ) then
        raise exception 'agent % has a variable and a secret called %', new.agent_id, new.name
          using errcode = 'unique_violation', constraint = 'agent_names_apart';
      end if;
      return new;
    end $$`.execute(db);
  await sql`
    create trigger agent_variables_names_apart before insert or update of value on agent_variables
      for each row when (new.value is not null) execute function keep_names_apart()`.execute(db);
  await sql`
    create trigger agent_secrets_names_apart before insert or update of sealed_value on agent_secrets
      for each row when (new.sealed_value is not null) execute function keep_names_apart()`.execute(db);
}
