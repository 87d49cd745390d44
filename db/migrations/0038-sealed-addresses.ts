// Addresses of webhooks are sealed, since they may hold a secret of their receiver; letters about missing telemetry can be switched off.
import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  // Null: written by the release before, in plain in `url`, until the sweep has sealed it. Else `url` is masked.
  await sql`alter table webhook_endpoints add column sealed_url bytea`.execute(db);
  await sql`create index webhook_endpoints_plain on webhook_endpoints (id) where sealed_url is null`.execute(db);
  // What is sealed is read by the delivery alone.
  await sql`revoke select on webhook_endpoints from whs_app`.execute(db);
  await sql`
    grant select (id, workspace_id, url, host, description, events, created_by, created_at, disabled_at, disabled_reason, failing_since,
      last_delivered_at) on webhook_endpoints to whs_app`.execute(db);
  await sql`alter table alert_settings drop constraint alert_settings_rule_check`.execute(db);
  await sql`
    alter table alert_settings add constraint alert_settings_rule_check
      check (rule in ('error_rate', 'deployment_failed', 'telemetry_dropped'))`.execute(db);
}
