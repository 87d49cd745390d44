// The records that law wants kept: appended or kept current, read by their own workspace, deleted by nobody before seven years.
import type { Insertable } from "kysely";
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { BillingRecordsTable } from "~/db/tables/billing-records";
import type { WorkspaceScope } from "~/server/auth/scope";

export type NewBillingRecord = Insertable<BillingRecordsTable>;

/**
 * One row for each invoice, refund and dispute; seen again, it takes on the newer state and keeps its id and its date. Of invoices
 * whoever holds the account's lock knows which state is newer; of the others the number of the question tells. Answers those that
 * were written.
 */
export function upsertRecordsAcrossWorkspaces(tx: Db, rows: NewBillingRecord[]) {
  return tx
    .insertInto("billingRecords")
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .column("stripeId")
        .where("kind", "<>", sql.lit("subscription"))
        .doUpdateSet((row) => ({
          status: row.ref("excluded.status"),
          number: row.ref("excluded.number"),
          amountDue: row.ref("excluded.amountDue"),
          amountPaid: row.ref("excluded.amountPaid"),
          tax: row.ref("excluded.tax"),
          periodStartsAt: row.ref("excluded.periodStartsAt"),
          periodEndsAt: row.ref("excluded.periodEndsAt"),
          askedNo: row.ref("excluded.askedNo"),
          recordedAt: row.ref("excluded.recordedAt"),
        }))
        .where(
          sql<boolean>`case when billing_records.kind = 'invoice'
            then (billing_records.status, billing_records.amount_due, billing_records.amount_paid, billing_records.tax)
              is distinct from (excluded.status, excluded.amount_due, excluded.amount_paid, excluded.tax)
            else excluded.asked_no > billing_records.asked_no end`,
        ),
    )
    .returning(["kind", "stripeId", sql<boolean>`xmax = 0`.as("isNew")])
    .execute();
}

/** Drawn before Stripe is asked about a charge. */
export async function drawQuestionAcrossWorkspaces(db: Db): Promise<number> {
  const { rows } = await sql<{ number: number }>`select nextval('billing_questions') as number`.execute(db);
  return Number(rows[0]?.number);
}

export async function insertSubscriptionRecordAcrossWorkspaces(tx: Db, row: NewBillingRecord): Promise<void> {
  await tx.insertInto("billingRecords").values(row).execute();
}

/** The newest first. */
export function listInvoiceRecords(tx: Db, scope: WorkspaceScope, page: { before: string | null; limit: number }) {
  return tx
    .selectFrom("billingRecords")
    .select(["id", "kind", "stripeId", "status", "number", "currency", "amountDue", "amountPaid", "tax", "occurredAt"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("kind", "<>", "subscription")
    .$if(page.before !== null, (query) =>
      query.where(
        sql<boolean>`(occurred_at, id) < (select occurred_at, id from billing_records where id = ${page.before} and workspace_id = ${scope.workspaceId})`,
      ),
    )
    .orderBy("occurredAt", "desc")
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

/** By the id that the list shows. */
export function findInvoiceRecord(tx: Db, scope: WorkspaceScope, recordId: string) {
  return tx
    .selectFrom("billingRecords")
    .select("stripeId")
    .where("id", "=", recordId)
    .where("workspaceId", "=", scope.workspaceId)
    .where("kind", "=", "invoice")
    .executeTakeFirst();
}

export async function deleteRecordsPastAcrossWorkspaces(db: Db, before: Date, limit: number): Promise<number> {
  const result = await db
    .deleteFrom("billingRecords")
    .where("id", "in", (query) => query.selectFrom("billingRecords").select("id").where("occurredAt", "<", before).limit(limit))
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
