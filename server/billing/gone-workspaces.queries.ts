// Billing accounts whose workspace is gone: those that still pay, and those that nobody needs any more.
import type { Db } from "~/db/client";

/** Not asked about since. */
export async function listGoneStillPayingAcrossWorkspaces(db: Db, askedBefore: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("billingAccounts")
    .leftJoin("workspaces", "workspaces.id", "billingAccounts.workspaceId")
    .select("billingAccounts.workspaceId")
    .where("workspaces.id", "is", null)
    .where("billingAccounts.customerId", "is not", null)
    .where("billingAccounts.subscriptionStatus", "not in", ["canceled", "incomplete_expired"])
    .where((where) => where.or([where("askedAt", "is", null), where("askedAt", "<", askedBefore)]))
    .orderBy("billingAccounts.askedAt", (order) => order.asc().nullsFirst())
    .limit(limit)
    .execute();
  return rows.map((row) => row.workspaceId);
}

/** Nothing of it is charged any more, and no record is left that would need it. */
export async function deleteForgettableAccountsAcrossWorkspaces(db: Db, createdBefore: Date, limit: number): Promise<number> {
  const result = await db
    .deleteFrom("billingAccounts")
    .where("workspaceId", "in", (query) =>
      query
        .selectFrom("billingAccounts as account")
        .select("account.workspaceId")
        .where("account.createdAt", "<", createdBefore)
        .where((where) =>
          where.or([
            where("account.subscriptionStatus", "is", null),
            where("account.subscriptionStatus", "in", ["canceled", "incomplete_expired"]),
          ]),
        )
        .where((where) =>
          where.not(
            where.exists(
              where.selectFrom("workspaces").select("workspaces.id").whereRef("workspaces.id", "=", "account.workspaceId"),
            ),
          ),
        )
        .where((where) =>
          where.not(
            where.exists(
              where
                .selectFrom("billingRecords")
                .select("billingRecords.id")
                .whereRef("billingRecords.workspaceId", "=", "account.workspaceId"),
            ),
          ),
        )
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
