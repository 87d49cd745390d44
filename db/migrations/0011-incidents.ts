// Incident switches: why something was disabled, operators named in the configuration, the operator as an actor, sweeps' reports.
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ["users", "workspaces"]) {
    await sql`
      alter table ${sql.table(table)}
        add column disabled_reason text check (length(disabled_reason) <= 500)`.execute(db);
    await sql`
      create index ${sql.id(`${table}_disabled`)} on ${sql.table(table)} (disabled_at) where disabled_at is not null`.execute(db);
  }
  await sql`alter table users add column is_configured_super_admin boolean not null default false`.execute(db);
  await sql`create index users_super_admin on users (id) where is_super_admin or is_configured_super_admin`.execute(db);
  await sql`create index if not exists api_keys_maker on api_keys (created_by)`.execute(db);
  await sql`alter table audit_entries drop constraint audit_entries_actor_kind_check`.execute(db);
  await sql`
    alter table audit_entries add constraint audit_entries_actor_kind_check
      check (actor_kind in ('user', 'api_key', 'system', 'anonymous', 'runtime', 'operator'))`.execute(db);
  await sql`
    create table sweep_runs (
      name text primary key,
      started_at timestamptz not null,
      finished_at timestamptz not null,
      failure text check (length(failure) <= 500),
      check (finished_at >= started_at)
    )`.execute(db);
  await sql`grant select, insert, update on sweep_runs to whs_across`.execute(db);
}
