// People, workspaces, keys, audit, letters; and the two roles that the application runs under.
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    do $$ begin
      if not exists (select from pg_roles where rolname = 'whs_app') then create role whs_app nologin; end if;
      if not exists (select from pg_roles where rolname = 'whs_across') then create role whs_across nologin; end if;
    exception when duplicate_object or unique_violation then null;
    end $$`.execute(db);
  await sql`grant whs_app, whs_across to current_user`.execute(db);
  await sql`
    create table users (
      id text primary key,
      email text not null unique check (email = lower(email) and length(email) <= 254),
      display_name text not null check (length(display_name) <= 100),
      password_hash text,
      email_verified_at timestamptz,
      is_super_admin boolean not null default false,
      disabled_at timestamptz,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table user_tokens (
      token_hash text primary key,
      user_id text not null references users on delete cascade,
      purpose text not null check (purpose in ('verify_email', 'reset_password', 'sign_in')),
      expires_at timestamptz not null,
      used_at timestamptz,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index user_tokens_user on user_tokens (user_id, purpose)`.execute(db);
  await sql`
    create table user_sessions (
      id_hash text primary key,
      user_id text not null references users on delete cascade,
      expires_at timestamptz not null,
      ends_at timestamptz not null,
      last_used_at timestamptz not null,
      ip_address text,
      user_agent text check (length(user_agent) <= 300),
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index user_sessions_user on user_sessions (user_id)`.execute(db);
  await sql`
    create table workspaces (
      id text primary key,
      name text not null check (length(name) between 1 and 60),
      tier text not null default 'free' check (tier in ('free', 'starter', 'pro', 'enterprise')),
      disabled_at timestamptz,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table memberships (
      workspace_id text not null references workspaces on delete cascade,
      user_id text not null references users on delete cascade,
      role text not null check (role in ('owner', 'admin', 'member', 'support', 'viewer')),
      created_at timestamptz not null default now(),
      primary key (workspace_id, user_id)
    )`.execute(db);
  await sql`create index memberships_user on memberships (user_id)`.execute(db);
  await sql`
    create table data_keys (
      owner_id text primary key,
      kek_id text not null,
      wrapped_key bytea not null,
      created_at timestamptz not null default now(),
      rewrapped_at timestamptz
    )`.execute(db);
  await sql`
    create table api_keys (
      id text primary key,
      workspace_id text not null references workspaces on delete cascade,
      name text not null check (length(name) between 1 and 60),
      preset text not null check (preset in ('invoke', 'deploy', 'read', 'all')),
      prefix text not null,
      secret_hash text not null unique,
      created_by text not null references users,
      expires_at timestamptz,
      last_used_at timestamptz,
      revoked_at timestamptz,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index api_keys_workspace on api_keys (workspace_id, created_at desc)`.execute(db);
  await sql`
    create table audit_entries (
      id text primary key,
      workspace_id text not null,
      seq bigint generated always as identity,
      actor_kind text not null check (actor_kind in ('user', 'api_key', 'system', 'anonymous', 'runtime')),
      actor_id text,
      action text not null,
      target_kind text,
      target_id text,
      trace_id text,
      ip_address text,
      metadata jsonb not null default '{}',
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index audit_entries_workspace on audit_entries (workspace_id, seq desc)`.execute(db);
  await sql`create index audit_entries_trace on audit_entries (trace_id) where trace_id is not null`.execute(db);
  await sql`
    create table outbox_mails (
      id text primary key,
      recipient text not null,
      subject text not null,
      sealed_body bytea not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index outbox_mails_created on outbox_mails (created_at)`.execute(db);
}
