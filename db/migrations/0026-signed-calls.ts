// Secrets by which callers sign their calls, the nonces that were used, and room for kept answers of agents (MISSION E5, E7, G3).
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table signing_secrets (
      id text primary key,
      workspace_id text not null,
      key_id text not null,
      sealed_secret bytea not null,
      hint text not null check (length(hint) between 1 and 12),
      created_by text not null,
      created_at timestamptz not null,
      last_used_at timestamptz,
      foreign key (workspace_id, key_id) references api_keys (workspace_id, id) on delete cascade
    )`.execute(db);
  await sql`create index signing_secrets_key on signing_secrets (key_id)`.execute(db);
  await sql`
    create table request_nonces (
      workspace_id text not null,
      key_id text not null,
      nonce_hash text not null check (nonce_hash ~ '^[0-9a-f]{64}$'),
      expires_at timestamptz not null,
      primary key (key_id, nonce_hash),
      foreign key (workspace_id, key_id) references api_keys (workspace_id, id) on delete cascade
    )`.execute(db);
  await sql`create index request_nonces_expiry on request_nonces (expires_at)`.execute(db);
  await secure(db, "signing_secrets", "select, insert, delete");
  await secure(db, "request_nonces", "select");
  // An agent's answer is larger than that of any procedure.
  await sql`
    alter table idempotency_keys
      drop constraint idempotency_keys_sealed_answer_check,
      add check (octet_length(sealed_answer) <= 1500000)`.execute(db);
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
}
