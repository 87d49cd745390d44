// Stripe's events as they were taken in, each once, and when each of our webhook secrets was used.
import { type Insertable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { BillingEventsTable } from "~/db/tables/billing-events";

export type NewBillingEvent = Omit<Insertable<BillingEventsTable>, "attempts" | "lastError" | "nextAttemptAt" | "settledAt">;

/** Answers the ids that were new. One parameter for all rows: a group of hundreds is as quick to prepare as one. */
export async function insertBillingEventsAcrossWorkspaces(db: Db, events: NewBillingEvent[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    insert into billing_events (id, type, status, subject_id, customer_id, charge_id, created_at, received_at)
    select * from json_to_recordset(${JSON.stringify(events.map(toColumns))}::json) as row (
      id text, type text, status text, subject_id text, customer_id text, charge_id text, created_at timestamptz, received_at timestamptz)
    on conflict (id) do nothing returning id`.execute(db);
  return rows.map((row) => row.id);
}

function toColumns({ subjectId, customerId, chargeId, createdAt, receivedAt, ...event }: NewBillingEvent) {
  return {
    ...event,
    subject_id: subjectId,
    customer_id: customerId,
    charge_id: chargeId,
    created_at: createdAt,
    received_at: receivedAt,
  };
}

export async function setSecretsUsedAcrossWorkspaces(db: Db, fingerprints: string[], now: Date): Promise<void> {
  await db
    .insertInto("webhookSecretUses")
    .values(fingerprints.map((fingerprint) => ({ fingerprint, firstUsedAt: now, lastUsedAt: now })))
    .onConflict((conflict) =>
      conflict.column("fingerprint").doUpdateSet((use) => ({
        lastUsedAt: sql<Date>`greatest(webhook_secret_uses.last_used_at, ${use.ref("excluded.lastUsedAt")})`,
      })),
    )
    .execute();
}

export function listSecretUsesAcrossWorkspaces(db: Db, limit: number) {
  return db.selectFrom("webhookSecretUses").selectAll().orderBy("lastUsedAt", "desc").limit(limit).execute();
}

export function findBillingEventAcrossWorkspaces(db: Db, eventId: string) {
  return db.selectFrom("billingEvents").selectAll().where("id", "=", eventId).executeTakeFirst();
}

export async function setEventIfPendingAcrossWorkspaces(
  db: Db,
  eventId: string,
  end: { status: "settled"; settledAt: Date } | { status: "ignored"; lastError: string },
): Promise<void> {
  await db.updateTable("billingEvents").set(end).where("id", "=", eventId).where("status", "=", "pending").execute();
}

/** Those about a charge want to be looked at one by one. */
export async function listPendingEventsOfCustomerAcrossWorkspaces(db: Db, customerId: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("billingEvents")
    .select("id")
    .where("customerId", "=", customerId)
    .where("chargeId", "is", null)
    .where("status", "=", "pending")
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

export async function setEventsSettledIfPendingAcrossWorkspaces(db: Db, eventIds: string[], settledAt: Date): Promise<void> {
  if (eventIds.length === 0) return;
  await db
    .updateTable("billingEvents")
    .set({ status: "settled", settledAt })
    .where("id", "in", eventIds)
    .where("status", "=", "pending")
    .execute();
}

type FailedAttempt = { lastError: string; now: Date };

/** A few times soon, then less and less often, down to four times a day. */
export async function noteEventAttemptAcrossWorkspaces(
  db: Db,
  eventId: string,
  { lastError, now }: FailedAttempt,
): Promise<void> {
  await db
    .updateTable("billingEvents")
    .set((event) => ({
      attempts: sql<number>`${event.ref("attempts")} + 1`,
      lastError,
      nextAttemptAt: sql<Date>`${now}::timestamptz
        + least(interval '6 hours', interval '30 seconds' * power(2, greatest(0, least(attempts, 30) - 4)))`,
    }))
    .where("id", "=", eventId)
    .where("status", "=", "pending")
    .execute();
}

/** Those that failed least first: what can never be settled must not stand before what can. */
export async function listPendingEventsAcrossWorkspaces(
  db: Db,
  { receivedBefore, now, limit }: { receivedBefore: Date; now: Date; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom("billingEvents")
    .select("id")
    .where("status", "=", "pending")
    .where("receivedAt", "<=", receivedBefore)
    .where((where) => where.or([where("nextAttemptAt", "is", null), where("nextAttemptAt", "<=", now)]))
    .orderBy("attempts")
    .orderBy("receivedAt")
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

export async function countPendingEventsAcrossWorkspaces(db: Db): Promise<number> {
  const row = await db
    .selectFrom("billingEvents")
    .select((event) => event.fn.countAll<number>().as("pending"))
    .where("status", "=", "pending")
    .executeTakeFirst();
  return row?.pending ?? 0;
}

/** Long after Stripe has stopped repeating them. */
export async function deleteOldEventsAcrossWorkspaces(db: Db, before: Date, limit: number): Promise<number> {
  const result = await db
    .deleteFrom("billingEvents")
    .where("id", "in", (query) =>
      query
        .selectFrom("billingEvents")
        .select("id")
        .where("status", "<>", "pending")
        .where("receivedAt", "<", before)
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
