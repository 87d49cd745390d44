// Several runtimes: the name of this installation, the runtime an agent prefers, the last health check of each, and stray placements.
import { type Kysely, sql } from "kysely";

const runtimes = sql`('embedded', 'cloudflare', 'agentcore', 'vps')`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table installation (
      is_only boolean primary key default true check (is_only),
      environment text not null check (environment ~ '^[a-z][a-z0-9]{0,15}$'),
      named_at timestamptz not null
    )`.execute(db);
  await sql`alter table agents add column preferred_runtime text check (preferred_runtime in ${runtimes})`.execute(db);
  await sql`
    create table runtime_checks (
      runtime text primary key check (runtime in ${runtimes}),
      status text not null check (status in ('up', 'down', 'unconfigured')),
      detail text not null check (length(detail) <= 500),
      warnings jsonb not null default '[]' check (jsonb_typeof(warnings) = 'array'),
      checked_at timestamptz not null,
      since timestamptz not null,
      took_ms integer not null check (took_ms >= 0),
      check (checked_at >= since)
    )`.execute(db);
  // No foreign keys: what no deployment owns points at nothing of ours.
  await sql`
    create table stray_placements (
      runtime text not null check (runtime in ${runtimes}),
      found_deployment_id text not null check (length(found_deployment_id) <= 128),
      found_agent_id text not null check (length(found_agent_id) <= 128),
      found_workspace_id text not null check (length(found_workspace_id) <= 128),
      kind text not null check (kind in ('orphan', 'stranger', 'lost')),
      first_seen_at timestamptz not null,
      seen_at timestamptz not null,
      settled_at timestamptz,
      outcome text check (outcome in ('destroyed', 'placed_again', 'gone')),
      failure text check (length(failure) <= 500),
      primary key (runtime, found_deployment_id, kind),
      check ((settled_at is null) = (outcome is null)),
      check (seen_at >= first_seen_at)
    )`.execute(db);
  await sql`create index stray_placements_open on stray_placements (first_seen_at) where settled_at is null`.execute(db);
  for (const table of ["installation", "runtime_checks"]) {
    await sql`grant select, insert, update on ${sql.table(table)} to whs_across`.execute(db);
  }
  await sql`grant select, insert, update, delete on stray_placements to whs_across`.execute(db);
  // Members see how a runtime is; what an operator reads of it besides stays out of the pages' reach.
  await sql`grant select (runtime, status, checked_at, since) on runtime_checks to whs_app`.execute(db);
}
