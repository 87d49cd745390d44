// The rows of budgets: blocks leased to gateway processes, settled by what calls used, given back. Every statement takes the row of the
// period before those of its leases, so that no two processes wait for each other in a circle.
import { type RawBuilder, sql } from "kysely";
import type { Db } from "~/db/client";
import type { Tx } from "~/db/transaction";

export type PeriodKey = { workspaceId: string; periodFrom: Date };
/** What one call holds until it is settled. */
export type CallHold = { computeMs: number; tokens: number };
export type Caps = { requests: number; computeMs: number; tokens: number };

export type LeaseWish = PeriodKey & {
  leaseId: string;
  hold: CallHold;
  caps: Caps;
  /** Calls that wait, and those that may be leased beyond them when the cap is far away. */
  waiting: number;
  ahead: number;
  now: Date;
  expiresAt: Date;
};

export type PeriodState = {
  requestsSpent: number;
  requestsHeld: number;
  computeMsSpent: number;
  computeMsHeld: number;
  tokensSpent: number;
  tokensHeld: number;
};

/** Of what is left, at most this share is leased ahead of need. */
const aheadShare = 64;

/**
 * Leases as many calls as fit under every cap, by one statement that no other process can overtake. Undefined: the period has no row
 * yet. `calls` may be 0; the state is the one after.
 */
export async function leaseCallsAcrossWorkspaces(
  db: Db,
  wish: LeaseWish,
): Promise<(PeriodState & { calls: number }) | undefined> {
  const { workspaceId, periodFrom, hold, caps, leaseId } = wish;
  const { rows } = await sql<PeriodState & { calls: number }>`
    with period as (
      select *, greatest(0, least(
        ${caps.requests}::bigint - requests_spent - requests_held,
        (${caps.computeMs}::bigint - compute_ms_spent - compute_ms_held) / ${Math.max(1, hold.computeMs)}::bigint,
        (${caps.tokens}::bigint - tokens_spent - tokens_held) / ${Math.max(1, hold.tokens)}::bigint)) as room
      from budget_periods where workspace_id = ${workspaceId} and period_from = ${periodFrom} for update
    ), granted as (
      select *, least(room, ${wish.waiting}::bigint + least(${wish.ahead}::bigint, room / ${aheadShare}::bigint)) as calls from period
    ), held as (
      update budget_periods as p set requests_held = p.requests_held + calls,
        compute_ms_held = p.compute_ms_held + calls * ${hold.computeMs}::bigint,
        tokens_held = p.tokens_held + calls * ${hold.tokens}::bigint, touched_at = ${wish.now}
      from granted as g where p.workspace_id = g.workspace_id and p.period_from = g.period_from and calls > 0
    ), lease as (
      insert into budget_leases as l (id, workspace_id, period_from, requests_held, compute_ms_held, tokens_held, taken_at, expires_at)
      select ${leaseId}, workspace_id, period_from, calls, calls * ${hold.computeMs}::bigint, calls * ${hold.tokens}::bigint,
        ${wish.now}, ${wish.expiresAt} from granted where calls > 0
      on conflict (id) do update set requests_held = l.requests_held + excluded.requests_held,
        compute_ms_held = l.compute_ms_held + excluded.compute_ms_held, tokens_held = l.tokens_held + excluded.tokens_held,
        expires_at = excluded.expires_at
    )
    select calls, requests_spent as "requestsSpent", requests_held + calls as "requestsHeld", compute_ms_spent as "computeMsSpent",
      compute_ms_held + calls * ${hold.computeMs}::bigint as "computeMsHeld", tokens_spent as "tokensSpent",
      tokens_held + calls * ${hold.tokens}::bigint as "tokensHeld" from granted`.execute(db);
  return rows[0];
}

/** Begins a period with what was recorded of it already; does nothing when it has begun. */
export async function beginPeriodAcrossWorkspaces(db: Db, period: PeriodKey & { periodTo: Date; now: Date }): Promise<void> {
  const { workspaceId, periodFrom, periodTo, now } = period;
  await sql`
    insert into budget_periods (workspace_id, period_from, period_to, requests_spent, compute_ms_spent, tokens_spent, touched_at)
    select ${workspaceId}, ${periodFrom}::timestamptz, ${periodTo}::timestamptz, count(*), coalesce(sum(compute_ms), 0),
      coalesce(sum(tokens), 0), ${now}::timestamptz
    from invocations where workspace_id = ${workspaceId} and started_at >= ${periodFrom} and started_at < ${periodTo}
    on conflict do nothing`.execute(db);
}

export function findSpentAcrossWorkspaces(db: Db, { workspaceId, periodFrom }: PeriodKey) {
  return db
    .selectFrom("budgetPeriods")
    .select(["requestsSpent as requests", "computeMsSpent as computeMs", "tokensSpent as tokens"])
    .where("workspaceId", "=", workspaceId)
    .where("periodFrom", "=", periodFrom)
    .executeTakeFirst();
}

/** First in every transaction that changes leases: their periods in one order. */
export async function lockPeriodsAcrossWorkspaces(tx: Tx, workspaceIds: readonly string[]): Promise<void> {
  await sql`
    select 1 from budget_periods where workspace_id = any(${[...new Set(workspaceIds)]}::text[])
    order by workspace_id, period_from for update`.execute(tx);
}

export type Settlement = {
  workspaceId: string;
  startedAt: Date;
  computeMs: number;
  tokens: number;
  /** Null: it was made under no lease. */
  leaseId: string | null;
  hold: CallHold;
  /** -1: takes back what was added for it before; 0: only corrects it. */
  requests: 1 | 0 | -1;
};

/** Adds what calls used to every period they fall into, and ends what was held for them. A lease that is gone holds nothing. */
export async function settleCallsAcrossWorkspaces(tx: Tx, calls: readonly Settlement[], now: Date): Promise<void> {
  await sql`
    with call as (${recordsOf(calls)}),
    lease as (
      update budget_leases as l set requests_held = l.requests_held - used.calls, compute_ms_held = l.compute_ms_held - used.compute_ms,
        tokens_held = l.tokens_held - used.tokens
      from (
        select lease_id, count(*) as calls, sum(held_compute_ms)::bigint as compute_ms, sum(held_tokens)::bigint as tokens
        from call where lease_id is not null group by 1
      ) as used where used.lease_id = l.id
      returning l.workspace_id, l.period_from, used.calls, used.compute_ms, used.tokens
    ), ended as (
      select workspace_id, period_from, sum(calls)::bigint as calls, sum(compute_ms)::bigint as compute_ms,
        sum(tokens)::bigint as tokens from lease group by 1, 2
    ), spent as (
      select p.workspace_id, p.period_from, sum(call.requests)::bigint as calls, sum(call.compute_ms)::bigint as compute_ms,
        sum(call.tokens)::bigint as tokens
      from budget_periods as p join call on call.workspace_id = p.workspace_id
        and call.started_at >= p.period_from and call.started_at < p.period_to group by 1, 2
    ), change as (
      select workspace_id, period_from, coalesce(spent.calls, 0) as calls, coalesce(spent.compute_ms, 0) as compute_ms,
        coalesce(spent.tokens, 0) as tokens, coalesce(ended.calls, 0) as held_calls,
        coalesce(ended.compute_ms, 0) as held_compute_ms, coalesce(ended.tokens, 0) as held_tokens
      from spent full join ended using (workspace_id, period_from)
    )
    update budget_periods as p set requests_spent = p.requests_spent + change.calls,
      compute_ms_spent = p.compute_ms_spent + change.compute_ms, tokens_spent = p.tokens_spent + change.tokens,
      requests_held = p.requests_held - held_calls, compute_ms_held = p.compute_ms_held - held_compute_ms,
      tokens_held = p.tokens_held - change.held_tokens, touched_at = greatest(touched_at, ${now}::timestamptz)
    from change where p.workspace_id = change.workspace_id and p.period_from = change.period_from`.execute(tx);
}

function recordsOf(calls: readonly Settlement[]): RawBuilder<unknown> {
  const records = calls.map((call) => ({
    workspace_id: call.workspaceId,
    started_at: call.startedAt,
    requests: call.requests,
    compute_ms: call.computeMs,
    tokens: call.tokens,
    lease_id: call.leaseId,
    held_compute_ms: call.hold.computeMs,
    held_tokens: call.hold.tokens,
  }));
  return sql`
    select * from json_to_recordset(${JSON.stringify(records)}::json) as record (workspace_id text, started_at timestamptz,
      requests bigint, compute_ms bigint, tokens bigint, lease_id text, held_compute_ms bigint, held_tokens bigint)`;
}

export type GivenBack = { leaseId: string; workspaceId: string; calls: number; hold: CallHold };

/** Ends what leases hold for calls that were never made. */
export async function giveBackAcrossWorkspaces(tx: Tx, given: readonly GivenBack[]): Promise<void> {
  const records = given.map(({ leaseId, calls, hold }) => ({
    id: leaseId,
    calls,
    compute_ms: calls * hold.computeMs,
    tokens: calls * hold.tokens,
  }));
  await sql`
    with back as (
      select * from json_to_recordset(${JSON.stringify(records)}::json) as record (id text, calls bigint, compute_ms bigint, tokens bigint)
    ), lease as (
      update budget_leases as l set requests_held = l.requests_held - back.calls,
        compute_ms_held = l.compute_ms_held - back.compute_ms, tokens_held = l.tokens_held - back.tokens
      from back where back.id = l.id returning l.workspace_id, l.period_from, back.calls, back.compute_ms, back.tokens
    ), ended as (
      select workspace_id, period_from, sum(calls)::bigint as calls, sum(compute_ms)::bigint as compute_ms,
        sum(tokens)::bigint as tokens from lease group by 1, 2
    )
    update budget_periods as p set requests_held = p.requests_held - ended.calls,
      compute_ms_held = p.compute_ms_held - ended.compute_ms, tokens_held = p.tokens_held - ended.tokens
    from ended where p.workspace_id = ended.workspace_id and p.period_from = ended.period_from`.execute(tx);
}

/** Answers the leases that are still there. */
export async function renewLeasesAcrossWorkspaces(db: Db, leaseIds: readonly string[], expiresAt: Date): Promise<string[]> {
  const rows = await db.updateTable("budgetLeases").set({ expiresAt }).where("id", "in", leaseIds).returning("id").execute();
  return rows.map(({ id }) => id);
}

/** Leases that hold nothing any more; answers which went. */
export async function deleteEmptyLeasesAcrossWorkspaces(db: Db, leaseIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .deleteFrom("budgetLeases")
    .where("id", "in", leaseIds)
    .where("requestsHeld", "=", 0)
    .returning("id")
    .execute();
  return rows.map(({ id }) => id);
}
