// Identities that others vouch for, the state of every letter on its way, and wishes for letters (MISSION B1, B2, B3, I6).
import { type Kysely, sql } from "kysely";

/** They belong to people and to the platform, not to workspaces: only the role that carries explicit keys may touch them. */
const tables = ["external_identities", "spent_oauth_states", "letter_wishes"] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table external_identities (
      id text primary key,
      provider text not null check (length(provider) between 1 and 300),
      subject text not null check (length(subject) between 1 and 255),
      user_id text not null references users on delete cascade,
      email text check (email = lower(email) and length(email) <= 254),
      created_at timestamptz not null default now(),
      last_used_at timestamptz,
      unique (provider, subject)
    )`.execute(db);
  await sql`create index external_identities_user on external_identities (user_id)`.execute(db);
  await sql`
    create table spent_oauth_states (
      state_hash text primary key,
      expires_at timestamptz not null
    )`.execute(db);
  await sql`create index spent_oauth_states_expires on spent_oauth_states (expires_at)`.execute(db);
  await sql`
    create table letter_wishes (
      id text primary key,
      kind text not null check (kind in ('reset_password', 'verify_email')),
      email text not null check (length(email) <= 254),
      trace_id text,
      ip_address text,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index letter_wishes_created on letter_wishes (created_at)`.execute(db);
  await giveLettersAState(db);
  for (const table of tables) {
    await sql`grant select, insert, update, delete on ${sql.table(table)} to whs_across`.execute(db);
  }
}

/** What was written before, and what older code still writes, waits in the operator's outbox: that is what `held` means. */
async function giveLettersAState(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table outbox_mails
      alter column sealed_body drop not null,
      add column status text not null default 'held' check (status in ('held', 'queued', 'sent', 'failed')),
      add column attempts integer not null default 0 check (attempts >= 0),
      add column next_attempt_at timestamptz,
      add column last_error text check (length(last_error) <= 300),
      add column sent_at timestamptz,
      add constraint outbox_mails_sent_is_forgotten
        check ((status = 'sent') = (sealed_body is null) and (status = 'sent') = (sent_at is not null)),
      add constraint outbox_mails_queued_has_its_turn check ((status = 'queued') = (next_attempt_at is not null))`.execute(db);
  // Whoever acts inside a workspace may post a letter, and read none.
  await sql`grant insert on outbox_mails to whs_app`.execute(db);
  await sql`create index outbox_mails_due on outbox_mails (next_attempt_at) where status = 'queued'`.execute(db);
}
