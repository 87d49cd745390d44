// What is kept of usage and for how long: reports of sweeps and recounts, and sums that ran out.
import { type Insertable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { TelemetrySweepsTable } from "~/db/tables/telemetry-sweeps";
import type { UsageRecountsTable } from "~/db/tables/usage-recounts";
import type { UsageGrain } from "./usage.contract";

export async function insertSweepAcrossWorkspaces(db: Db, row: Insertable<TelemetrySweepsTable>): Promise<void> {
  await db.insertInto("telemetrySweeps").values(row).execute();
}

export async function insertRecountAcrossWorkspaces(db: Db, row: Insertable<UsageRecountsTable>): Promise<void> {
  await db.insertInto("usageRecounts").values(row).execute();
}

/** Answers how many rows went. */
export async function deleteOldSumsAcrossWorkspaces(
  db: Db,
  old: { grain: UsageGrain; before: Date; limit: number },
): Promise<number> {
  const [table, start] = [sql.table(`usage_${old.grain}s`), sql.ref(old.grain)];
  const { numAffectedRows } = await sql`
    delete from ${table} where (workspace_id, ${start}, deployment_id) in (
      select workspace_id, ${start}, deployment_id from ${table} where ${start} < ${old.before} limit ${old.limit})`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Reports and alerts, so that they do not grow for ever. Answers how many rows went. */
export async function deleteOldReportsAcrossWorkspaces(db: Db, before: Date, limit: number): Promise<number> {
  const results = [
    await sql`delete from telemetry_sweeps where id in (
      select id from telemetry_sweeps where finished_at < ${before} limit ${limit})`.execute(db),
    await sql`delete from usage_recounts where id in (
      select id from usage_recounts where finished_at < ${before} limit ${limit})`.execute(db),
    await sql`delete from drop_alerts where (deployment_id, day) in (
      select deployment_id, day from drop_alerts where created_at < ${before} limit ${limit})`.execute(db),
  ];
  return results.reduce((sum, { numAffectedRows }) => sum + Number(numAffectedRows ?? 0), 0);
}
