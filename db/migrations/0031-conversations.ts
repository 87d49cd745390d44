// Conversations that an agent's people asked to keep: the switch, and the sealed turns (MISSION G3, A5).
import { type Kysely, sql } from "kysely";

const named = sql`(select nullif(current_setting('whs.agent_ids', true), '')::text[])`;
const isUnbound = sql`(select coalesce(current_setting('whs.agent_ids', true), '') = '')`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table conversation_settings (
      agent_id text primary key,
      workspace_id text not null,
      keep_days integer not null check (keep_days between 1 and 400),
      kept_since timestamptz not null,
      set_by text not null,
      foreign key (workspace_id, agent_id) references agents (workspace_id, id) on delete cascade
    )`.execute(db);
  // A session that was closed, and a version that was pruned, leave their turns until those run out.
  await sql`
    create table conversation_turns (
      id text primary key,
      workspace_id text not null,
      agent_id text not null,
      session_id text not null,
      deployment_id text not null,
      trace_id text not null,
      principal text not null,
      outcome text not null check (outcome in ('ok', 'error', 'aborted')),
      sealed_turn bytea not null check (octet_length(sealed_turn) <= 600000),
      is_cut boolean not null,
      started_at timestamptz not null,
      expires_at timestamptz not null check (expires_at > started_at),
      foreign key (workspace_id, agent_id) references agents (workspace_id, id) on delete cascade
    )`.execute(db);
  await sql`create index conversation_turns_session on conversation_turns (agent_id, session_id, id)`.execute(db);
  await sql`create index conversation_turns_workspace on conversation_turns (workspace_id, id)`.execute(db);
  await sql`create index conversation_turns_expiry on conversation_turns (expires_at)`.execute(db);
  await secure(db, "conversation_settings", "select, insert, update, delete");
  // Turns are written behind the answer by the gateway, and never changed by a page.
  await secure(db, "conversation_turns", "select, delete, update (expires_at)");
}

async function secure(db: Kysely<unknown>, table: string, rights: string): Promise<void> {
  await sql`alter table ${sql.table(table)} enable row level security`.execute(db);
  await sql`grant ${sql.raw(rights)} on ${sql.table(table)} to whs_app`.execute(db);
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
