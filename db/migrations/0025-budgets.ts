// Budgets of a period: what is spent, what is held for calls under way, the leases that hold it, and who was told (MISSION E3).
import { type Kysely, sql } from "kysely";

const read = ["budget_periods", "budget_leases", "budget_alerts"];

export async function up(db: Kysely<unknown>): Promise<void> {
  await createPeriods(db);
  await createLeases(db);
  await createAlerts(db);
  await createSettings(db);
  await sql`
    alter table invocations
      add column tokens bigint check (tokens >= 0),
      add column is_recovered boolean not null default false`.execute(db);
  await sql`create index invocations_recovered on invocations (workspace_id, trace_id) where is_recovered`.execute(db);
  for (const table of read) await secure(db, table, "select");
  await secure(db, "budget_settings", "select, insert, update");
}

/** Held beyond spent never exceeds a cap; what was spent may, by what an agent reports above its reservation. */
async function createPeriods(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table budget_periods (
      workspace_id text not null references workspaces on delete cascade,
      period_from timestamptz not null,
      period_to timestamptz not null,
      requests_spent bigint not null check (requests_spent >= 0),
      requests_held bigint not null default 0 check (requests_held >= 0),
      compute_ms_spent bigint not null check (compute_ms_spent >= 0),
      compute_ms_held bigint not null default 0 check (compute_ms_held >= 0),
      tokens_spent bigint not null check (tokens_spent >= 0),
      tokens_held bigint not null default 0 check (tokens_held >= 0),
      touched_at timestamptz not null,
      primary key (workspace_id, period_from),
      check (period_to > period_from)
    )`.execute(db);
  await sql`create index budget_periods_touched on budget_periods (touched_at)`.execute(db);
}

async function createLeases(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table budget_leases (
      id text primary key,
      workspace_id text not null,
      period_from timestamptz not null,
      requests_held bigint not null check (requests_held >= 0),
      compute_ms_held bigint not null check (compute_ms_held >= 0),
      tokens_held bigint not null check (tokens_held >= 0),
      taken_at timestamptz not null,
      expires_at timestamptz not null,
      foreign key (workspace_id, period_from) references budget_periods on delete cascade
    )`.execute(db);
  await sql`create index budget_leases_expiry on budget_leases (expires_at)`.execute(db);
  await sql`create index budget_leases_period on budget_leases (workspace_id, period_from)`.execute(db);
}

async function createAlerts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table budget_alerts (
      workspace_id text not null,
      period_from timestamptz not null,
      metric text not null check (metric in ('requests', 'compute_ms', 'tokens')),
      percent integer not null check (percent in (50, 80, 100)),
      created_at timestamptz not null,
      primary key (workspace_id, period_from, metric, percent),
      foreign key (workspace_id, period_from) references budget_periods on delete cascade
    )`.execute(db);
}

async function createSettings(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table budget_settings (
      workspace_id text primary key references workspaces on delete cascade,
      at_cap text not null check (at_cap in ('block', 'notify_and_block')),
      set_by text not null,
      set_at timestamptz not null
    )`.execute(db);
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
