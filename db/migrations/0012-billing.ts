// What plans allow one workspace beyond its tier, what Stripe says about it, and the records that law wants kept (MISSION H1-H4, J2).
import { type Kysely, sql } from "kysely";

const tier = sql`('free', 'starter', 'pro', 'enterprise')`;
const tenantTables = ["plan_overrides", "billing_accounts", "billing_records", "spend_alerts"];

export async function up(db: Kysely<unknown>): Promise<void> {
  await createPlanOverrides(db);
  await createAccounts(db);
  await createRecords(db);
  await createEvents(db);
  await createSpendAlerts(db);
  for (const table of tenantTables) await secure(db, table);
  // The pages' role may rename a workspace; what it is entitled to, it can only read.
  await sql`revoke update on workspaces from whs_app`.execute(db);
  await sql`grant update (name) on workspaces to whs_app`.execute(db);
}

async function createPlanOverrides(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table plan_overrides (
      workspace_id text primary key references workspaces on delete cascade,
      changes jsonb not null check (jsonb_typeof(changes) = 'object'),
      reason text not null check (length(reason) between 1 and 500),
      set_by text not null references users,
      set_at timestamptz not null
    )`.execute(db);
  await sql`create index plan_overrides_set_by on plan_overrides (set_by)`.execute(db);
}

/** Without a foreign key: a refund may arrive when the workspace is long gone, and its record must find its owner. */
async function createAccounts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table billing_accounts (
      workspace_id text primary key,
      customer_id text unique,
      customer_generation integer not null default 0 check (customer_generation >= 0),
      assigned_tier text check (assigned_tier in ${tier}),
      subscription_id text,
      subscription_status text check (length(subscription_status) <= 40),
      subscription_tier text check (subscription_tier in ${tier}),
      price_id text,
      currency text check (currency ~ '^[a-z]{3}$'),
      billing_interval text check (billing_interval in ('month', 'year')),
      period_starts_at timestamptz,
      period_ends_at timestamptz,
      cancels_at timestamptz,
      past_due_since timestamptz,
      grace_ends_at timestamptz,
      fetch_ticket bigint not null default 0,
      applied_ticket bigint not null default 0,
      reconciled_at timestamptz,
      created_at timestamptz not null default now(),
      check (applied_ticket <= fetch_ticket),
      check ((subscription_id is null) = (subscription_status is null)),
      check ((past_due_since is null) = (grace_ends_at is null)),
      check (period_starts_at < period_ends_at)
    )`.execute(db);
  await sql`
    create index billing_accounts_grace on billing_accounts (grace_ends_at) where grace_ends_at is not null`.execute(db);
  await sql`
    create index billing_accounts_reconciled on billing_accounts (reconciled_at) where customer_id is not null`.execute(db);
}

/** Kept seven years from each record's own date, whatever becomes of the workspace: no foreign key, and no earlier deletion. */
async function createRecords(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table billing_records (
      id text primary key,
      workspace_id text not null,
      kind text not null check (kind in ('subscription', 'invoice', 'refund', 'dispute')),
      stripe_id text not null,
      status text not null check (length(status) <= 40),
      tier text check (tier in ${tier}),
      number text check (length(number) <= 100),
      currency text check (currency ~ '^[a-z]{3}$'),
      amount_due bigint,
      amount_paid bigint,
      tax bigint,
      period_starts_at timestamptz,
      period_ends_at timestamptz,
      occurred_at timestamptz not null,
      recorded_at timestamptz not null,
      check (kind = 'subscription' or (currency is not null and amount_due is not null))
    )`.execute(db);
  await sql`
    create unique index billing_records_once on billing_records (stripe_id) where kind <> 'subscription'`.execute(db);
  await sql`create index billing_records_of_workspace on billing_records (workspace_id, occurred_at desc, id desc)`.execute(db);
  await sql`create index billing_records_age on billing_records (occurred_at)`.execute(db);
  await sql`
    create function keep_billing_records() returns trigger language plpgsql as $$
    begin
      if old.occurred_at > now() - interval '7 years' then
        raise exception 'billing record % is kept until %', old.id, old.occurred_at + interval '7 years'
          using errcode = 'check_violation', constraint = 'billing_records_kept';
      end if;
      return old;
    end $$`.execute(db);
  await sql`
    create trigger billing_records_kept before delete on billing_records
      for each row execute function keep_billing_records()`.execute(db);
}

/** Of an event only what it is about: the truth is asked of Stripe, not of a copy. */
async function createEvents(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table billing_events (
      id text primary key check (length(id) <= 255),
      type text not null check (length(type) <= 100),
      status text not null check (status in ('pending', 'settled', 'ignored')),
      subject_id text check (length(subject_id) <= 255),
      customer_id text check (length(customer_id) <= 255),
      charge_id text check (length(charge_id) <= 255),
      attempts integer not null default 0,
      last_error text check (length(last_error) <= 300),
      created_at timestamptz not null,
      received_at timestamptz not null,
      settled_at timestamptz,
      check ((status = 'settled') = (settled_at is not null))
    )`.execute(db);
  await sql`create index billing_events_pending on billing_events (received_at) where status = 'pending'`.execute(db);
  await sql`create index billing_events_age on billing_events (received_at) where status <> 'pending'`.execute(db);
  await sql`
    create table webhook_secret_uses (
      fingerprint text primary key check (fingerprint ~ '^[0-9a-f]{16}$'),
      first_used_at timestamptz not null,
      last_used_at timestamptz not null,
      check (last_used_at >= first_used_at)
    )`.execute(db);
  for (const table of ["billing_events", "webhook_secret_uses"]) {
    await sql`grant select, insert, update, delete on ${sql.table(table)} to whs_across`.execute(db);
  }
}

async function createSpendAlerts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table spend_alerts (
      workspace_id text not null references workspaces on delete cascade,
      day date not null,
      spent_usd double precision not null check (spent_usd >= 0),
      usual_usd double precision not null check (usual_usd >= 0),
      created_at timestamptz not null,
      primary key (workspace_id, day)
    )`.execute(db);
}

/** A workspace reads what concerns it; only workers and operators write. */
async function secure(db: Kysely<unknown>, table: string): Promise<void> {
  await sql`alter table ${sql.table(table)} enable row level security`.execute(db);
  await sql`grant select on ${sql.table(table)} to whs_app`.execute(db);
  await sql`grant select, insert, update, delete on ${sql.table(table)} to whs_across`.execute(db);
  await sql`
    create policy own_workspace on ${sql.table(table)} to whs_app
      using (workspace_id = current_setting('whs.workspace_id', true))`.execute(db);
  await sql`create policy across on ${sql.table(table)} to whs_across using (true) with check (true)`.execute(db);
}
