// Second factors, passkeys, sign-ins that wait for their second factor, and changes of address (MISSION B1, B3, B4, B7).
import { type Kysely, sql } from "kysely";

/** They belong to people, not to workspaces: only the role that carries explicit keys may touch them. */
const tables = [
  "user_totps",
  "user_recovery_codes",
  "user_passkeys",
  "passkey_challenges",
  "pending_sign_ins",
  "email_changes",
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table user_sessions add column method text check (length(method) <= 40)`.execute(db);
  await createSecondFactors(db);
  await createPasskeys(db);
  await sql`
    create table pending_sign_ins (
      id_hash text primary key,
      user_id text not null references users on delete cascade,
      method text not null check (length(method) <= 40),
      tries integer not null default 0 check (tries >= 0),
      expires_at timestamptz not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index pending_sign_ins_user on pending_sign_ins (user_id)`.execute(db);
  await sql`create index pending_sign_ins_expires on pending_sign_ins (expires_at)`.execute(db);
  await sql`
    create table email_changes (
      user_id text primary key references users on delete cascade,
      old_email text not null,
      new_email text not null check (new_email = lower(new_email) and length(new_email) <= 254 and new_email <> old_email),
      old_token_hash text not null unique,
      new_token_hash text not null unique check (new_token_hash <> old_token_hash),
      old_confirmed_at timestamptz,
      new_confirmed_at timestamptz,
      asked_in_session text not null,
      expires_at timestamptz not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await allowStepUpCodes(db);
  for (const table of tables) {
    await sql`grant select, insert, update, delete on ${sql.table(table)} to whs_across`.execute(db);
  }
}

async function createSecondFactors(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table user_totps (
      user_id text primary key references users on delete cascade,
      version integer not null check (version > 0),
      sealed_secret bytea not null,
      confirmed_at timestamptz,
      last_step bigint,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table user_recovery_codes (
      user_id text not null references users on delete cascade,
      code_hash text not null,
      used_at timestamptz,
      created_at timestamptz not null default now(),
      primary key (user_id, code_hash)
    )`.execute(db);
}

async function createPasskeys(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table user_passkeys (
      id text primary key,
      user_id text not null references users on delete cascade,
      credential_id text not null unique,
      public_key bytea not null,
      counter bigint not null check (counter >= 0),
      transports text[] not null default '{}',
      is_backed_up boolean not null,
      is_multi_device boolean not null,
      name text not null check (length(name) between 1 and 60),
      last_used_at timestamptz,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index user_passkeys_user on user_passkeys (user_id, created_at)`.execute(db);
  await sql`
    create table passkey_challenges (
      browser_hash text primary key,
      purpose text not null check (purpose in ('register', 'sign_in', 'confirm')),
      user_id text references users on delete cascade,
      challenge text not null,
      expires_at timestamptz not null,
      created_at timestamptz not null default now(),
      check ((purpose = 'sign_in') = (user_id is null))
    )`.execute(db);
  await sql`create index passkey_challenges_expires on passkey_challenges (expires_at)`.execute(db);
}

/** Another word for the purpose of a token: the code that a person without password or second factor gets by mail. */
async function allowStepUpCodes(db: Kysely<unknown>): Promise<void> {
  await sql`alter table user_tokens drop constraint user_tokens_purpose_check`.execute(db);
  await sql`
    alter table user_tokens add constraint user_tokens_purpose_check
      check (purpose in ('verify_email', 'reset_password', 'sign_in', 'step_up'))`.execute(db);
  await sql`create index user_tokens_expires on user_tokens (expires_at)`.execute(db);
  await sql`create index user_sessions_expires on user_sessions (expires_at)`.execute(db);
}
