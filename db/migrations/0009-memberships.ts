// Invitations, grants per member and per connected system, and the rule that a workspace never loses its last owner (MISSION A6, A7).
import { type Kysely, sql } from "kysely";

const tenantTables = ["invitations", "member_grants", "connected_system_grants"];

export async function up(db: Kysely<unknown>): Promise<void> {
  await createInvitations(db);
  await createGrants(db);
  for (const table of tenantTables) await secure(db, table);
  await keepLastOwner(db);
}

async function createInvitations(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table invitations (
      id text primary key,
      workspace_id text not null references workspaces on delete cascade,
      email text not null check (email = lower(email) and length(email) <= 254),
      role text not null check (role in ('admin', 'member', 'support', 'viewer')),
      token_hash text not null unique,
      invited_by text not null references users,
      sent_at timestamptz not null,
      expires_at timestamptz not null,
      accepted_at timestamptz,
      accepted_by text references users,
      revoked_at timestamptz,
      created_at timestamptz not null default now(),
      check (accepted_at is null or revoked_at is null),
      check ((accepted_at is null) = (accepted_by is null))
    )`.execute(db);
  await sql`
    create unique index invitations_one_open on invitations (workspace_id, email)
      where accepted_at is null and revoked_at is null`.execute(db);
  await sql`create index invitations_invited_by on invitations (invited_by)`.execute(db);
  await sql`create index invitations_accepted_by on invitations (accepted_by) where accepted_by is not null`.execute(db);
}

async function createGrants(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table member_grants (
      workspace_id text not null,
      user_id text not null,
      area text not null check (area in ('integrations', 'billing', 'agent_behaviour')),
      is_granted boolean not null,
      set_by text not null references users,
      set_at timestamptz not null default now(),
      primary key (workspace_id, user_id, area),
      foreign key (workspace_id, user_id) references memberships on delete cascade
    )`.execute(db);
  await sql`create index member_grants_set_by on member_grants (set_by)`.execute(db);
  await sql`
    create table connected_system_grants (
      id text primary key,
      workspace_id text not null references workspaces on delete cascade,
      system_id text not null check (length(system_id) <= 60),
      user_id text,
      role text check (role in ('owner', 'admin', 'member', 'support', 'viewer')),
      access text not null check (access in ('use', 'read_data', 'configure')),
      granted_by text not null references users,
      created_at timestamptz not null default now(),
      check ((user_id is null) <> (role is null)),
      unique nulls not distinct (workspace_id, system_id, user_id, role, access),
      foreign key (workspace_id, user_id) references memberships on delete cascade
    )`.execute(db);
  await sql`create index connected_system_grants_member on connected_system_grants (workspace_id, user_id)`.execute(db);
  await sql`create index connected_system_grants_granted_by on connected_system_grants (granted_by)`.execute(db);
}

async function secure(db: Kysely<unknown>, table: string): Promise<void> {
  await sql`alter table ${sql.table(table)} enable row level security`.execute(db);
  await sql`grant select, insert, update, delete on ${sql.table(table)} to whs_app, whs_across`.execute(db);
  await sql`
    create policy own_workspace on ${sql.table(table)} to whs_app
      using (workspace_id = current_setting('whs.workspace_id', true))
      with check (workspace_id = current_setting('whs.workspace_id', true))`.execute(db);
  await sql`create policy across on ${sql.table(table)} to whs_across using (true) with check (true)`.execute(db);
}

/**
 * Whoever takes an owner away waits for everybody else who does so in the same workspace, then looks: of two owners who leave at
 * once the second finds that they are the last. A workspace that is itself being deleted has no row any more, and may go.
 */
async function keepLastOwner(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function keep_last_owner() returns trigger language plpgsql as $$
    begin
      perform from workspaces where id = old.workspace_id for update;
      if found and not exists (
        select from memberships m
        where m.workspace_id = old.workspace_id and m.role = 'owner' and m.user_id <> old.user_id
      ) then
        raise exception 'workspace % would have no owner', old.workspace_id using errcode = 'check_violation', constraint = 'memberships_last_owner';
      end if;
      return case tg_op when 'DELETE' then old else new end;
    end $$`.execute(db);
  await sql`
    create trigger memberships_last_owner_deleted before delete on memberships
      for each row when (old.role = 'owner') execute function keep_last_owner()`.execute(db);
  await sql`
    create trigger memberships_last_owner_updated before update on memberships
      for each row when (old.role = 'owner' and (new.role <> 'owner' or new.workspace_id <> old.workspace_id or new.user_id <> old.user_id))
      execute function keep_last_owner()`.execute(db);
}
