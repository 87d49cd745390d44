// Billing accounts: what is known of each workspace's customer and subscription. Only workers and operators write them.
import { type Selectable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { BillingAccountsTable } from "~/db/tables/billing-accounts";
import type { Tier } from "~/db/tables/workspaces";
import type { WorkspaceScope } from "~/server/auth/scope";

export type AccountRow = Selectable<BillingAccountsTable>;

export function findAccount(tx: Db, scope: WorkspaceScope): Promise<AccountRow | undefined> {
  return tx.selectFrom("billingAccounts").selectAll().where("workspaceId", "=", scope.workspaceId).executeTakeFirst();
}

export function findAccountAcrossWorkspaces(db: Db, workspaceId: string): Promise<AccountRow | undefined> {
  return db.selectFrom("billingAccounts").selectAll().where("workspaceId", "=", workspaceId).executeTakeFirst();
}

/** Whoever changes an account holds this lock. */
export function lockAccountAcrossWorkspaces(tx: Db, workspaceId: string): Promise<AccountRow | undefined> {
  return tx.selectFrom("billingAccounts").selectAll().where("workspaceId", "=", workspaceId).forUpdate().executeTakeFirst();
}

/** The plan that a workspace had before it had an account stays assigned to it. */
export async function insertAccountIfAbsentAcrossWorkspaces(tx: Db, workspaceId: string, now: Date): Promise<void> {
  await tx
    .insertInto("billingAccounts")
    .columns(["workspaceId", "assignedTier", "createdAt"])
    .expression((query) =>
      query
        .selectFrom("workspaces")
        .select(["id", sql<Tier | null>`nullif(tier, 'free')`.as("tier"), sql<Date>`${now}::timestamptz`.as("now")])
        .where("id", "=", workspaceId),
    )
    .onConflict((conflict) => conflict.column("workspaceId").doNothing())
    .execute();
}

export async function findWorkspaceOfCustomerAcrossWorkspaces(db: Db, customerId: string): Promise<string | null> {
  const row = await db
    .selectFrom("billingAccounts")
    .select("workspaceId")
    .where("customerId", "=", customerId)
    .executeTakeFirst();
  return row?.workspaceId ?? null;
}

/** Of racing checkouts, and of an event that comes first, exactly one enters its customer. */
export async function setCustomerIfNoneAcrossWorkspaces(tx: Db, workspaceId: string, customerId: string): Promise<boolean> {
  const result = await tx
    .updateTable("billingAccounts")
    .set({ customerId })
    .where("workspaceId", "=", workspaceId)
    .where("customerId", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Drawn before Stripe is asked. */
export async function drawFetchTicketAcrossWorkspaces(tx: Db, workspaceId: string, askedAt: Date): Promise<number | null> {
  const row = await tx
    .updateTable("billingAccounts")
    .set((account) => ({ fetchTicket: sql<number>`${account.ref("fetchTicket")} + 1`, askedAt }))
    .where("workspaceId", "=", workspaceId)
    .returning("fetchTicket")
    .executeTakeFirst();
  return row?.fetchTicket ?? null;
}

export type AccountChange = Partial<Omit<AccountRow, "workspaceId" | "createdAt" | "fetchTicket">>;

/** Under the lock. */
export async function updateAccountAcrossWorkspaces(tx: Db, workspaceId: string, change: AccountChange): Promise<void> {
  await tx.updateTable("billingAccounts").set(change).where("workspaceId", "=", workspaceId).execute();
}

export function lockTierAcrossWorkspaces(tx: Db, workspaceId: string) {
  return tx.selectFrom("workspaces").select(["tier", "name"]).where("id", "=", workspaceId).forUpdate().executeTakeFirst();
}

/** Called by `set-tier.ts` alone. */
export async function setTierIfAcrossWorkspaces(tx: Db, workspaceId: string, change: { from: Tier; to: Tier }): Promise<void> {
  await tx
    .updateTable("workspaces")
    .set({ tier: change.to })
    .where("id", "=", workspaceId)
    .where("tier", "=", change.from)
    .execute();
}

/** Whoever hears about money. */
export function listOwnersAcrossWorkspaces(db: Db, workspaceId: string, limit: number) {
  return db
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.userId")
    .select(["users.email", "users.displayName"])
    .where("memberships.workspaceId", "=", workspaceId)
    .where("memberships.role", "=", "owner")
    .where("users.disabledAt", "is", null)
    .orderBy("users.id")
    .limit(limit)
    .execute();
}

export function listOperatorsAcrossWorkspaces(db: Db, limit: number) {
  return db
    .selectFrom("users")
    .select(["email", "displayName"])
    .where((where) => where.or([where("isSuperAdmin", "=", true), where("isConfiguredSuperAdmin", "=", true)]))
    .where("disabledAt", "is", null)
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Grace is over, and the plan still says otherwise. */
export async function listGraceEndedAcrossWorkspaces(db: Db, now: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("billingAccounts")
    .innerJoin("workspaces", "workspaces.id", "billingAccounts.workspaceId")
    .select("billingAccounts.workspaceId")
    .where("billingAccounts.graceEndsAt", "<=", now)
    .where(sql<boolean>`workspaces.tier <> coalesce(billing_accounts.assigned_tier, 'free')`)
    .orderBy("billingAccounts.graceEndsAt")
    .limit(limit)
    .execute();
  return rows.map((row) => row.workspaceId);
}

type Unheard = { reconciledBefore: Date; askedBefore: Date; limit: number };

/**
 * Customers that were not looked at since; a webhook may have been lost on its way. Those not asked about for longest first: whom
 * Stripe cannot answer for must not stand before the others.
 */
export async function listLongUnheardAcrossWorkspaces(
  db: Db,
  { reconciledBefore, askedBefore, limit }: Unheard,
): Promise<string[]> {
  const rows = await db
    .selectFrom("billingAccounts")
    .innerJoin("workspaces", "workspaces.id", "billingAccounts.workspaceId")
    .select("workspaceId")
    .where("customerId", "is not", null)
    .where((where) => where.or([where("reconciledAt", "is", null), where("reconciledAt", "<", reconciledBefore)]))
    .where((where) => where.or([where("askedAt", "is", null), where("askedAt", "<", askedBefore)]))
    .orderBy("askedAt", (order) => order.asc().nullsFirst())
    .limit(limit)
    .execute();
  return rows.map((row) => row.workspaceId);
}

/** Trials whose end is near, and whose owners were not written to about this end. */
export async function listTrialsToTellAcrossWorkspaces(
  db: Db,
  range: { now: Date; until: Date; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom("billingAccounts")
    .select("workspaceId")
    .where("trialEndsAt", ">", range.now)
    .where("trialEndsAt", "<=", range.until)
    .where(sql<boolean>`trial_told_for is distinct from trial_ends_at`)
    .orderBy("trialEndsAt")
    .limit(range.limit)
    .execute();
  return rows.map((row) => row.workspaceId);
}
