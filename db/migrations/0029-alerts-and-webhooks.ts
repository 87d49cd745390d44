// Alerts with their settings, and signed webhooks: approved hosts, endpoints, sealed secrets, deliveries (MISSION G7, I4, I5).
import { type Kysely, sql } from "kysely";

const named = sql`(select nullif(current_setting('whs.agent_ids', true), '')::text[])`;
const isUnbound = sql`(select coalesce(current_setting('whs.agent_ids', true), '') = '')`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await createEndpoints(db);
  await createDeliveries(db);
  await createAlerts(db);
  await secure(db, "webhook_hosts", "select, insert, delete");
  await secure(db, "webhook_endpoints", "select, insert, update, delete");
  // What is sealed is read by the delivery alone.
  await secure(db, "webhook_secrets", "insert, delete, select (id, workspace_id, endpoint_id, hint, created_by, created_at)");
  await secure(db, "webhook_deliveries", "select, insert");
  await secure(db, "alert_settings", "select, insert, update");
  await secure(db, "alerts", "select");
  await sql`
    create policy named_agents on alerts as restrictive to whs_app
      using (${isUnbound} or agent_id = any (${named}::text[]))`.execute(db);
  await sql`grant select, insert, update on runtime_alerts to whs_across`.execute(db);
}

async function createEndpoints(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table webhook_hosts (
      workspace_id text not null references workspaces on delete cascade,
      host text not null check (length(host) between 3 and 260),
      approved_by text not null,
      approved_at timestamptz not null,
      primary key (workspace_id, host)
    )`.execute(db);
  await sql`
    create table webhook_endpoints (
      id text primary key,
      workspace_id text not null references workspaces on delete cascade,
      url text not null check (url like 'https://%' and length(url) <= 500),
      host text not null check (length(host) between 3 and 260),
      description text not null check (length(description) <= 200),
      events text[] not null check (cardinality(events) between 1 and 40),
      created_by text not null,
      created_at timestamptz not null,
      disabled_at timestamptz,
      disabled_reason text check (disabled_reason in ('by_hand', 'failing', 'gone', 'host_withdrawn')),
      failing_since timestamptz,
      last_delivered_at timestamptz,
      unique (workspace_id, id),
      check ((disabled_at is null) = (disabled_reason is null))
    )`.execute(db);
  await sql`
    create table webhook_secrets (
      id text primary key,
      workspace_id text not null,
      endpoint_id text not null,
      sealed_secret bytea not null,
      hint text not null check (length(hint) between 1 and 12),
      created_by text not null,
      created_at timestamptz not null,
      foreign key (workspace_id, endpoint_id) references webhook_endpoints (workspace_id, id) on delete cascade
    )`.execute(db);
  await sql`create index webhook_secrets_endpoint on webhook_secrets (workspace_id, endpoint_id)`.execute(db);
}

async function createDeliveries(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table webhook_deliveries (
      id text primary key,
      workspace_id text not null,
      endpoint_id text not null,
      event_id text not null,
      event_type text not null check (length(event_type) <= 60),
      payload text not null check (octet_length(payload) <= 16384),
      status text not null check (status in ('queued', 'delivered', 'failed')),
      attempts integer not null default 0 check (attempts >= 0),
      next_attempt_at timestamptz,
      trouble text check (length(trouble) <= 60),
      answered_status integer check (answered_status between 100 and 999),
      took_ms integer check (took_ms >= 0),
      replay_of text,
      created_at timestamptz not null,
      settled_at timestamptz,
      foreign key (workspace_id, endpoint_id) references webhook_endpoints (workspace_id, id) on delete cascade,
      check ((status = 'queued') = (next_attempt_at is not null)),
      check ((status = 'queued') = (settled_at is null))
    )`.execute(db);
  await sql`create index webhook_deliveries_due on webhook_deliveries (next_attempt_at) where status = 'queued'`.execute(db);
  await sql`create index webhook_deliveries_endpoint on webhook_deliveries (workspace_id, endpoint_id, id)`.execute(db);
  await sql`create index webhook_deliveries_age on webhook_deliveries (created_at)`.execute(db);
}

async function createAlerts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table alert_settings (
      workspace_id text not null references workspaces on delete cascade,
      rule text not null check (rule in ('error_rate', 'deployment_failed')),
      by_mail boolean not null,
      threshold_percent integer check (threshold_percent between 1 and 100),
      calls_min integer check (calls_min between 1 and 1000000),
      set_by text not null,
      set_at timestamptz not null,
      primary key (workspace_id, rule)
    )`.execute(db);
  await sql`
    create table alerts (
      id text primary key,
      workspace_id text not null,
      agent_id text not null,
      rule text not null check (rule in ('error_rate', 'deployment_failed')),
      facts jsonb not null check (jsonb_typeof(facts) = 'object'),
      raised_at timestamptz not null,
      calm_since timestamptz,
      resolved_at timestamptz,
      foreign key (workspace_id, agent_id) references agents (workspace_id, id) on delete cascade,
      check (resolved_at >= raised_at)
    )`.execute(db);
  // Of racing workers one raises it; what stands cannot be raised a second time.
  await sql`create unique index alerts_standing on alerts (workspace_id, rule, agent_id) where resolved_at is null`.execute(db);
  await sql`create index alerts_newest on alerts (workspace_id, id)`.execute(db);
  await sql`create index alerts_of_agent on alerts (agent_id, rule, raised_at)`.execute(db);
  await sql`
    create table runtime_alerts (
      id text primary key,
      runtime text not null,
      kind text not null check (kind in ('down', 'gone')),
      raised_at timestamptz not null,
      resolved_at timestamptz,
      check (resolved_at >= raised_at)
    )`.execute(db);
  await sql`create unique index runtime_alerts_standing on runtime_alerts (runtime) where resolved_at is null`.execute(db);
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
