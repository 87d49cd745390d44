// Leases of gateways that died, and the calls they had made: what runtimes reported and no gateway wrote down (MISSION E3).
import { type Selectable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { BudgetLeasesTable } from "~/db/tables/budgets";
import type { ErrorClass } from "~/db/tables/invocations";
import type { Tx } from "~/db/transaction";

export type LeaseRow = Selectable<BudgetLeasesTable>;

/**
 * A call that a dead gateway had let through may go on at its runtime for as long as its time limit: its caller may have come back by
 * another gateway. All calls of a lease hold the same.
 */
const lastEnd = sql<Date>`expires_at + make_interval(secs => compute_ms_held / greatest(requests_held, 1) / 1000.0)`;

/** Longest over first. */
export function listExpiredLeasesAcrossWorkspaces(db: Db, before: Date, limit: number): Promise<LeaseRow[]> {
  return db.selectFrom("budgetLeases").selectAll().where(lastEnd, "<", before).orderBy("expiresAt").limit(limit).execute();
}

/** Undefined: its process lives after all, or somebody else has settled it. */
export function takeExpiredLeaseAcrossWorkspaces(tx: Tx, leaseId: string, before: Date): Promise<LeaseRow | undefined> {
  return tx.deleteFrom("budgetLeases").where("id", "=", leaseId).where(lastEnd, "<", before).returningAll().executeTakeFirst();
}

export type LostCall = {
  eventId: string;
  traceId: string;
  agentId: string;
  deploymentId: string;
  occurredAt: Date;
  computeMs: number;
  tokens: number;
  errorClass: ErrorClass | null;
};

/** Longer than any call, from when it was let through to its report. */
const callMsMax = 16 * 60_000;

/**
 * Reported calls that no row tells of. A trace id may be the caller's and name several calls, also from long ago: of each id so many are
 * lost as there are, in this time and shortly before, more reports than rows.
 */
export async function listLostCallsAcrossWorkspaces(
  tx: Tx,
  of: { workspaceId: string; from: Date; to: Date; limit: number },
): Promise<LostCall[]> {
  const since = new Date(of.from.getTime() - callMsMax);
  const { rows } = await sql<LostCall>`
    select event_id as "eventId", trace_id as "traceId", agent_id as "agentId", deployment_id as "deploymentId",
      occurred_at as "occurredAt", least(compute_ms, 2147483647)::int as "computeMs", llm_tokens as "tokens", error_class as "errorClass"
    from (
      select *, row_number() over (partition by trace_id order by occurred_at, event_id) as nth from telemetry_events
      where workspace_id = ${of.workspaceId} and occurred_at >= ${since} and occurred_at < ${of.to} and requests > 0
    ) as reported
    where trace_id is not null and occurred_at >= ${of.from} and nth > (
      select count(*) from invocations where invocations.workspace_id = ${of.workspaceId} and invocations.trace_id = reported.trace_id
        and invocations.started_at >= ${since} and invocations.started_at < ${of.to})
    order by occurred_at limit ${of.limit}`.execute(tx);
  return rows;
}

export async function endHoldAcrossWorkspaces(tx: Tx, lease: LeaseRow): Promise<void> {
  await tx
    .updateTable("budgetPeriods")
    .set(({ eb }) => ({
      requestsHeld: eb("requestsHeld", "-", lease.requestsHeld),
      computeMsHeld: eb("computeMsHeld", "-", lease.computeMsHeld),
      tokensHeld: eb("tokensHeld", "-", lease.tokensHeld),
    }))
    .where("workspaceId", "=", lease.workspaceId)
    .where("periodFrom", "=", lease.periodFrom)
    .execute();
}

type RecoveredCall = LostCall & { id: string; workspaceId: string };

/** A runtime that had no trouble says nothing of the caller, who may have lost the answer or had all of it by another gateway. */
function endingOf(errorClass: ErrorClass | null) {
  if (errorClass === null) return { outcome: "aborted" as const, errorCode: null, errorMessage: null };
  const errorMessage = "The gateway ended while this call was under way, and its runtime reported that it failed.";
  return { outcome: "error" as const, errorCode: "RUNTIME_ERROR", errorMessage };
}

/** Answers which are new. */
export async function insertRecoveredAcrossWorkspaces(tx: Tx, calls: readonly RecoveredCall[]): Promise<string[]> {
  const rows = calls.map(({ eventId: _eventId, occurredAt, ...call }) => ({
    ...call,
    ...endingOf(call.errorClass),
    startedAt: occurredAt,
    sessionId: null,
    principal: "unknown",
    mode: "json" as const,
    firstByteMs: null,
    isRecovered: true,
  }));
  const inserted = await tx
    .insertInto("invocations")
    .values(rows)
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .execute();
  return inserted.map(({ id }) => id);
}
