// Agents, their secrets, uploads and deployments. Composite foreign keys carry the workspace id (MISSION A4).
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table agents (
      id text primary key,
      workspace_id text not null references workspaces on delete cascade,
      name text not null check (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
      description text not null default '' check (length(description) <= 500),
      owner_user_id text not null references users,
      active_deployment_id text,
      disabled_at timestamptz,
      deleted_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (workspace_id, id)
    )`.execute(db);
  await sql`create unique index agents_name on agents (workspace_id, name) where deleted_at is null`.execute(db);
  await sql`
    create table agent_secrets (
      workspace_id text not null,
      agent_id text not null,
      name text not null check (name ~ '^[A-Z][A-Z0-9_]{0,63}$'),
      version integer not null check (version > 0),
      sealed_value bytea,
      updated_by text not null,
      updated_at timestamptz not null default now(),
      last_injected_at timestamptz,
      created_at timestamptz not null default now(),
      primary key (agent_id, name),
      foreign key (workspace_id, agent_id) references agents (workspace_id, id) on delete cascade
    )`.execute(db);
  await sql`
    create table uploads (
      id text primary key,
      workspace_id text not null references workspaces on delete cascade,
      created_by text not null,
      file_name text not null check (length(file_name) <= 200),
      sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
      size_bytes bigint not null check (size_bytes > 0),
      blob_key text not null,
      manifest jsonb not null,
      files jsonb not null,
      warnings jsonb not null,
      created_at timestamptz not null default now(),
      unique (workspace_id, id),
      check (blob_key like workspace_id || '/%')
    )`.execute(db);
  await sql`
    create table deployments (
      id text primary key,
      workspace_id text not null,
      agent_id text not null,
      owner_user_id text not null references users,
      version integer not null check (version > 0),
      runtime text not null check (runtime in ('embedded', 'cloudflare', 'agentcore', 'vps')),
      status text not null check (status in ('queued', 'running', 'ready', 'active', 'superseded', 'failed', 'cancelled')),
      stage text not null check (stage in ('received', 'checked', 'built', 'placed', 'probed', 'active')),
      activates boolean not null,
      upload_id text not null,
      bundle_sha256 text not null,
      bundle_blob_key text not null,
      manifest jsonb not null,
      module_sha256 text,
      module_blob_key text,
      secret_versions jsonb not null default '{}',
      telemetry_generation integer not null default 1,
      retention_class text not null,
      failure_code text,
      failure_reason text,
      cancel_requested_at timestamptz,
      created_by text not null,
      created_at timestamptz not null default now(),
      started_at timestamptz,
      heartbeat_at timestamptz,
      lease_id text,
      attempts integer not null default 0,
      finished_at timestamptz,
      activated_at timestamptz,
      unique (agent_id, version),
      unique (workspace_id, id),
      unique (workspace_id, agent_id, id),
      foreign key (workspace_id, agent_id) references agents (workspace_id, id) on delete cascade,
      foreign key (workspace_id, upload_id) references uploads (workspace_id, id)
    )`.execute(db);
  await sql`create unique index deployments_one_active on deployments (agent_id) where status = 'active'`.execute(db);
  await sql`create index deployments_unfinished on deployments (heartbeat_at) where status in ('queued', 'running')`.execute(db);
  await sql`
    alter table agents add foreign key (workspace_id, id, active_deployment_id)
      references deployments (workspace_id, agent_id, id) deferrable initially deferred`.execute(db);
  await sql`
    create table deployment_steps (
      workspace_id text not null,
      deployment_id text not null,
      stage text not null,
      outcome text not null check (outcome in ('running', 'done', 'failed', 'cancelled', 'skipped')),
      started_at timestamptz not null,
      finished_at timestamptz,
      primary key (deployment_id, stage),
      foreign key (workspace_id, deployment_id) references deployments (workspace_id, id) on delete cascade
    )`.execute(db);
  await sql`
    create table deployment_logs (
      seq bigint generated always as identity primary key,
      workspace_id text not null,
      deployment_id text not null,
      stage text not null,
      level text not null check (level in ('info', 'warn', 'error')),
      line text not null check (length(line) <= 4000),
      created_at timestamptz not null default now(),
      foreign key (workspace_id, deployment_id) references deployments (workspace_id, id) on delete cascade
    )`.execute(db);
  await sql`create index deployment_logs_deployment on deployment_logs (deployment_id, seq)`.execute(db);
}
