// API keys limited to named agents, capped, rerolled with an overlap; what each was used for. PostgreSQL itself hides the agents
// that a key does not name (MISSION E4, A4).
import { type Kysely, sql } from "kysely";

const keyTables = ["api_key_agents", "api_key_months", "api_key_uses"];

/** Tables that name the agent whose rows they hold. */
const agentTables = {
  agents: "id",
  agent_secrets: "agent_id",
  deployments: "agent_id",
  agent_sessions: "agent_id",
  invocations: "agent_id",
  telemetry_events: "agent_id",
  usage_hours: "agent_id",
};

/** Null: every agent. As a sub-select it is asked once per statement, not once per row. */
const named = sql`(select nullif(current_setting('whs.agent_ids', true), '')::text[])`;
const isUnbound = sql`(select coalesce(current_setting('whs.agent_ids', true), '') = '')`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await widenKeys(db);
  await addKeyTables(db);
  await bindToNamedAgents(db);
  await sql`grant select (disabled_at) on users to whs_app`.execute(db);
}

async function widenKeys(db: Kysely<unknown>): Promise<void> {
  await sql`alter table api_keys add unique (workspace_id, id)`.execute(db);
  await sql`
    alter table api_keys
      add column is_limited_to_agents boolean not null default false,
      add column calls_per_minute_max integer check (calls_per_minute_max > 0),
      add column calls_per_month_max integer check (calls_per_month_max > 0),
      add column replaces_key_id text check (replaces_key_id <> id),
      add column rerolled_at timestamptz,
      add column overlap_ends_at timestamptz,
      add column overlap_uses bigint not null default 0 check (overlap_uses >= 0),
      add column leaked_at timestamptz,
      add column leak_told_at timestamptz,
      add foreign key (workspace_id, replaces_key_id) references api_keys (workspace_id, id),
      add check ((rerolled_at is null) = (overlap_ends_at is null)),
      add check (leaked_at is null or revoked_at is not null)`.execute(db);
  await sql`create unique index api_keys_one_successor on api_keys (replaces_key_id) where replaces_key_id is not null`.execute(
    db,
  );
  await sql`alter table uploads add column made_by_key_id text`.execute(db);
}

async function addKeyTables(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table api_key_agents (
      workspace_id text not null,
      key_id text not null,
      agent_id text not null,
      primary key (key_id, agent_id),
      foreign key (workspace_id, key_id) references api_keys (workspace_id, id) on delete cascade,
      foreign key (workspace_id, agent_id) references agents (workspace_id, id) on delete cascade
    )`.execute(db);
  await sql`create index api_key_agents_agent on api_key_agents (agent_id)`.execute(db);
  await sql`
    create table api_key_months (
      workspace_id text not null,
      key_id text not null,
      month text not null check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
      calls bigint not null check (calls >= 0),
      primary key (key_id, month),
      foreign key (workspace_id, key_id) references api_keys (workspace_id, id) on delete cascade
    )`.execute(db);
  await sql`
    create table api_key_uses (
      workspace_id text not null,
      key_id text not null,
      action text not null check (length(action) <= 60),
      last_used_at timestamptz not null,
      primary key (key_id, action),
      foreign key (workspace_id, key_id) references api_keys (workspace_id, id) on delete cascade
    )`.execute(db);
  for (const table of keyTables) {
    await sql`alter table ${sql.table(table)} enable row level security`.execute(db);
    await sql`grant select, insert, update, delete on ${sql.table(table)} to whs_app, whs_across`.execute(db);
    await sql`
      create policy own_workspace on ${sql.table(table)} to whs_app
        using (workspace_id = current_setting('whs.workspace_id', true))
        with check (workspace_id = current_setting('whs.workspace_id', true))`.execute(db);
    await sql`create policy across on ${sql.table(table)} to whs_across using (true) with check (true)`.execute(db);
  }
}

/** Restrictive: it narrows what `own_workspace` lets through, and never widens it. Code that sets no list is not bound. */
async function bindToNamedAgents(db: Kysely<unknown>): Promise<void> {
  for (const [table, column] of Object.entries(agentTables)) {
    await sql`
      create policy named_agents on ${sql.table(table)} as restrictive to whs_app
        using (${isUnbound} or ${sql.ref(column)} = any (${named}::text[]))`.execute(db);
  }
  for (const table of ["deployment_steps", "deployment_logs"]) {
    await sql`
      create policy named_agents on ${sql.table(table)} as restrictive to whs_app
        using (${isUnbound} or exists (select from deployments d where d.id = deployment_id))`.execute(db);
  }
  await sql`
    create policy named_agents on uploads as restrictive to whs_app
      using (${isUnbound} or made_by_key_id = current_setting('whs.key_id', true)
        or exists (select from deployments d where d.upload_id = uploads.id))`.execute(db);
}
