// What is kept of logs and for how long: days that are dropped, reports of sweeps, and counts and sources nobody needs any more.
import { type Insertable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { LogSweepsTable } from "~/db/tables/agent-logs";

/**
 * Drops the oldest day before `keepFrom`, and waits for nobody who reads it longer than writers would notice. Answers what went;
 * null when there is none. Throws PostgreSQL's 55P03 when somebody holds it.
 */
export async function dropOldestLogPartitionAcrossWorkspaces(
  db: Db,
  retentionClass: string,
  keepFrom: string,
): Promise<{ name: string; bytes: number } | null> {
  const { rows } = await sql<{ name: string | null; bytes: number }>`
    select name, bytes from drop_oldest_log_partition(${retentionClass}, ${keepFrom}::date)`.execute(db);
  const [row] = rows;
  return row && row.name !== null ? { name: row.name, bytes: row.bytes } : null;
}

export async function insertLogSweepAcrossWorkspaces(db: Db, row: Insertable<LogSweepsTable>): Promise<void> {
  await db.insertInto("logSweeps").values(row).execute();
}

/** Sources that were silent for long, and counts and reports of days long gone. Answers how many rows went. */
export async function deleteOldLogFactsAcrossWorkspaces(
  db: Db,
  old: { silentSince: Date; before: Date; limit: number },
): Promise<number> {
  const day = old.before.toISOString().slice(0, 10);
  const results = [
    await sql`delete from agent_log_sources where (deployment_id, source) in (
      select deployment_id, source from agent_log_sources where seen_at < ${old.silentSince} and source <> 'pulled' limit ${old.limit})`.execute(
      db,
    ),
    await sql`delete from agent_log_days where (deployment_id, day) in (
      select deployment_id, day from agent_log_days where day < ${day}::date limit ${old.limit})`.execute(db),
    await sql`delete from log_sweeps where id in (
      select id from log_sweeps where finished_at < ${old.before} limit ${old.limit})`.execute(db),
  ];
  return results.reduce((sum, { numAffectedRows }) => sum + Number(numAffectedRows ?? 0), 0);
}
