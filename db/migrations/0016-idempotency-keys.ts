// What came of requests that carried an Idempotency-Key, for a day: hashes of what was sent, and the sealed answer (MISSION C6).
import { type Kysely, sql } from "kysely";

/** `workspace_id` is null for acts upon one's own account. The pages' role may only note that an act was done, never make or read away a row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table idempotency_keys (
      place text primary key check (place ~ '^[0-9a-f]{64}$'),
      workspace_id text references workspaces on delete cascade,
      user_id text not null references users on delete cascade,
      procedure text not null check (length(procedure) <= 100),
      fingerprint text not null check (fingerprint ~ '^[0-9a-f]{64}$'),
      lease_id text not null check (length(lease_id) <= 40),
      lease_ends_at timestamptz not null,
      acted_at timestamptz,
      answered_at timestamptz,
      sealed_answer bytea check (octet_length(sealed_answer) <= 70000),
      created_at timestamptz not null,
      expires_at timestamptz not null,
      check (sealed_answer is null or answered_at is not null),
      check (expires_at > created_at)
    )`.execute(db);
  await sql`create index idempotency_keys_expiry on idempotency_keys (expires_at)`.execute(db);
  await sql`create index idempotency_keys_workspace on idempotency_keys (workspace_id)`.execute(db);
  await sql`create index idempotency_keys_user on idempotency_keys (user_id)`.execute(db);
  await sql`alter table idempotency_keys enable row level security`.execute(db);
  await sql`grant select, update (acted_at, answered_at, sealed_answer) on idempotency_keys to whs_app`.execute(db);
  await sql`grant select, insert, update, delete on idempotency_keys to whs_across`.execute(db);
  await sql`
    create policy own_workspace on idempotency_keys to whs_app
      using (workspace_id = current_setting('whs.workspace_id', true))
      with check (workspace_id = current_setting('whs.workspace_id', true))`.execute(db);
  await sql`create policy across on idempotency_keys to whs_across using (true) with check (true)`.execute(db);
}
