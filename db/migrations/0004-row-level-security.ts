// Rights of the two roles, and row-level security on every table that belongs to a workspace (MISSION A4, J1).
import { type Kysely, sql } from "kysely";

/** Tables whose rows belong to one workspace, by their column `workspace_id`. */
const tenantTables = [
  "memberships",
  "api_keys",
  "audit_entries",
  "agents",
  "agent_secrets",
  "uploads",
  "deployments",
  "deployment_steps",
  "deployment_logs",
  "agent_sessions",
  "invocations",
  "telemetry_events",
  "usage_hours",
];

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`grant usage on schema public to whs_app, whs_across`.execute(db);
  await sql`grant select, insert, update, delete on all tables in schema public to whs_across`.execute(db);
  await sql`grant usage on all sequences in schema public to whs_app, whs_across`.execute(db);
  for (const table of tenantTables) {
    await sql`alter table ${sql.table(table)} enable row level security`.execute(db);
    await sql`grant select, insert, update, delete on ${sql.table(table)} to whs_app`.execute(db);
    await sql`
      create policy own_workspace on ${sql.table(table)} to whs_app
        using (workspace_id = current_setting('whs.workspace_id', true))
        with check (workspace_id = current_setting('whs.workspace_id', true))`.execute(db);
    await sql`create policy across on ${sql.table(table)} to whs_across using (true) with check (true)`.execute(db);
  }
  await sql`alter table workspaces enable row level security`.execute(db);
  await sql`grant select, update on workspaces to whs_app`.execute(db);
  await sql`create policy own_workspace on workspaces to whs_app using (id = current_setting('whs.workspace_id', true))`.execute(
    db,
  );
  await sql`create policy across on workspaces to whs_across using (true) with check (true)`.execute(db);
  await sql`alter table users enable row level security`.execute(db);
  await sql`grant select (id, email, display_name) on users to whs_app`.execute(db);
  await sql`
    create policy own_workspace on users to whs_app
      using (exists (select from memberships m where m.user_id = users.id))`.execute(db);
  await sql`create policy across on users to whs_across using (true) with check (true)`.execute(db);
  await sql`revoke update, delete on audit_entries from whs_app, whs_across`.execute(db);
  for (const name of ["ensure_telemetry_partition", "drop_telemetry_partitions"]) {
    await sql`revoke all on function ${sql.id(name)} from public`.execute(db);
    await sql`grant execute on function ${sql.id(name)} to whs_across`.execute(db);
  }
}
