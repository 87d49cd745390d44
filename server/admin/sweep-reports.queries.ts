// What sweeps wrote down about their runs: raw telemetry that went, sums that were counted again, calls that were made up for lost ones.
import { sql } from "kysely";
import type { Db } from "~/db/client";

/** The newest first. */
export function listTelemetrySweepsAcrossWorkspaces(db: Db, limit: number) {
  return (
    db
      .selectFrom("telemetrySweeps")
      .select([
        "id",
        "retentionClass",
        "startedAt",
        "finishedAt",
        "partitionsDropped",
        "bytesFreed",
        "partitionsAhead",
        "isComplete",
      ])
      // A day is no moment: read as one it would depend on where the process stands.
      .select(sql<string>`keep_from::text`.as("keepFrom"))
      .orderBy("id", "desc")
      .limit(limit)
      .execute()
  );
}

/** The newest first. */
export function listUsageRecountsAcrossWorkspaces(db: Db, limit: number) {
  return db
    .selectFrom("usageRecounts")
    .select(["id", "countedFrom", "countedTo", "startedAt", "finishedAt", "sumsChecked", "sumsRepaired"])
    .select(["eventsDrift", "callsDrift"])
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

/** The newest first. */
export function listBudgetRecountsAcrossWorkspaces(db: Db, limit: number) {
  return db
    .selectFrom("budgetRecounts")
    .select(["id", "startedAt", "finishedAt", "periodsChecked", "periodsMended"])
    .select(["requestsDrift", "computeMsDrift", "tokensDrift"])
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

export type RecoveredCalls = { calls: number; workspaces: number };

/** Calls begun since then whose gateway died: made up from what the runtime reported. */
export async function findRecoveredCallsAcrossWorkspaces(db: Db, since: Date): Promise<RecoveredCalls> {
  const { rows } = await sql<RecoveredCalls>`
    select count(*)::float8 as "calls", count(distinct workspace_id)::float8 as "workspaces"
    from invocations where is_recovered and started_at >= ${since}`.execute(db);
  return rows[0] ?? { calls: 0, workspaces: 0 };
}

export type ReportSums = { expected: number; received: number };

/** Since then, of all workspaces: calls that the gateway handed to runtimes, and reports of runtimes. */
export async function findReportSumsAcrossWorkspaces(db: Db, since: Date): Promise<ReportSums> {
  const { rows } = await sql<ReportSums>`
    select coalesce(sum(calls - unreached_calls), 0)::float8 as "expected", coalesce(sum(events), 0)::float8 as "received"
    from usage_hours where hour >= ${since}`.execute(db);
  return rows[0] ?? { expected: 0, received: 0 };
}

export type StrayCounts = { open: number; destroyed: number; placedAgain: number; gone: number };

/** What is astray now, and what was settled since then. */
export async function findStrayCountsAcrossWorkspaces(db: Db, since: Date): Promise<StrayCounts> {
  const { rows } = await sql<StrayCounts>`
    select count(*) filter (where settled_at is null)::float8 as "open",
      count(*) filter (where settled_at >= ${since} and outcome = 'destroyed')::float8 as "destroyed",
      count(*) filter (where settled_at >= ${since} and outcome = 'placed_again')::float8 as "placedAgain",
      count(*) filter (where settled_at >= ${since} and outcome = 'gone')::float8 as "gone"
    from stray_placements`.execute(db);
  return rows[0] ?? { open: 0, destroyed: 0, placedAgain: 0, gone: 0 };
}
