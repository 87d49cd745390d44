// Brings an account in line with what Stripe says now. Whatever made us ask, and in whichever order: the answer decides (MISSION H2).
import { inTransaction, type Tx } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { BillingConfig } from "~/server/config-billing";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import type { CustomerState, Payments } from "~/server/payments/payments";
import type { Services } from "~/server/services";
import {
  type AccountRow,
  drawFetchTicketAcrossWorkspaces,
  findAccountAcrossWorkspaces,
  lockAccountAcrossWorkspaces,
  updateAccountAcrossWorkspaces,
} from "./accounts.queries";
import { judgeSubscription, noSubscription, type Snapshot } from "./judge-subscription";
import { insertSubscriptionRecordAcrossWorkspaces, upsertRecordsAcrossWorkspaces } from "./records.queries";
import { recordsKeptSince } from "./records-kept-since";
import { setTier } from "./set-tier";
import { tellOfChange } from "./tell-of-change";
import { tellOfTrial } from "./tell-trials-end";

export type ReconcileNeeds = Pick<Services, "across" | "clock" | "config" | "log" | "mailer" | "payments">;
type Terms = { payments: Payments; billing: BillingConfig };

/**
 * Answers false when there is nothing to ask about: billing is off, or the workspace has no customer. An answer that comes back
 * after a later question's is dropped, so that of several at once the newest knowledge stays.
 */
export async function reconcileAccount(needs: ReconcileNeeds, workspaceId: string): Promise<boolean> {
  const { payments } = needs;
  const { billing } = needs.config;
  const known = await findAccountAcrossWorkspaces(needs.across, workspaceId);
  if (!payments || !billing || !known?.customerId) return false;
  const ticket = await drawFetchTicketAcrossWorkspaces(needs.across, workspaceId, needs.clock.now());
  const { customerId } = known;
  if (ticket === null) return false;
  const customer = await payments.readCustomer(customerId);
  if (!customer) throw unknownCustomer();
  await inTransaction(needs.across, async (tx) => {
    const account = await lockAccountAcrossWorkspaces(tx, workspaceId);
    if (!account || account.appliedTicket >= ticket || account.customerId !== customerId) return;
    await apply(tx, needs, { account, customer, ticket, terms: { payments, billing } });
  });
  return true;
}

type Answer = { account: AccountRow; customer: CustomerState; ticket: number; terms: Terms };

async function apply(tx: Tx, needs: ReconcileNeeds, { account, customer, ticket, terms }: Answer): Promise<void> {
  const now = needs.clock.now();
  const snapshot = customer.isDeleted ? noSubscription : judgeSubscription(customer, terms.billing, account);
  const after: AccountRow = { ...account, ...snapshot, appliedTicket: ticket, reconciledAt: now };
  const link = customer.isDeleted ? { customerId: null, customerGeneration: account.customerGeneration + 1 } : {};
  await updateAccountAcrossWorkspaces(tx, account.workspaceId, {
    ...snapshot,
    ...link,
    appliedTicket: ticket,
    reconciledAt: now,
  });
  await keepInvoices(tx, account.workspaceId, { customer, snapshot, now });
  if (hasMoved(account, snapshot)) await keepHistory(tx, account, { snapshot, now });
  if (isUnknownPrice(snapshot, terms) && account.priceId !== snapshot.priceId) await noteUnknownPrice(tx, needs, after);
  const change = await setTier(tx, after, now, { actorKind: "system", cause: causeOf(snapshot, customer) });
  await tellOfChange(tx, needs, { before: account, after, change });
  await tellOfTrial(tx, needs, after);
}

async function keepInvoices(
  tx: Tx,
  workspaceId: string,
  { customer, snapshot, now }: { customer: CustomerState; snapshot: Snapshot; now: Date },
): Promise<void> {
  // Stripe tells of invoices for ever: one that was let go of must not come back.
  const since = recordsKeptSince(now);
  const settled = customer.invoices.filter(({ status, occurredAt }) => status !== "draft" && occurredAt >= since);
  if (settled.length === 0) return;
  const rows = settled.map(({ id: stripeId, subscriptionId, unpaidSince: _since, ...invoice }) => ({
    id: newId("billingRecord"),
    workspaceId,
    kind: "invoice" as const,
    stripeId,
    tier: subscriptionId !== null && subscriptionId === snapshot.subscriptionId ? snapshot.subscriptionTier : null,
    ...invoice,
    recordedAt: now,
  }));
  await upsertRecordsAcrossWorkspaces(tx, rows);
}

const told = ["subscriptionId", "subscriptionStatus", "subscriptionTier", "priceId"] as const;

/** Whether the history of the subscription has something new to tell; the end of a period is no news. */
function hasMoved(before: Snapshot, after: Snapshot): boolean {
  return told.some((name) => before[name] !== after[name]) || before.cancelsAt?.getTime() !== after.cancelsAt?.getTime();
}

async function keepHistory(tx: Tx, account: AccountRow, { snapshot, now }: { snapshot: Snapshot; now: Date }): Promise<void> {
  const stripeId = snapshot.subscriptionId ?? account.subscriptionId;
  if (!stripeId) return;
  await insertSubscriptionRecordAcrossWorkspaces(tx, {
    id: newId("billingRecord"),
    workspaceId: account.workspaceId,
    kind: "subscription",
    stripeId,
    status: snapshot.subscriptionStatus ?? "gone",
    tier: snapshot.subscriptionTier,
    currency: snapshot.currency,
    periodStartsAt: snapshot.periodStartsAt,
    periodEndsAt: snapshot.periodEndsAt,
    occurredAt: now,
    recordedAt: now,
  });
}

function isUnknownPrice({ priceId }: Snapshot, { billing }: Terms): boolean {
  return priceId !== null && billing.prices.every((slot) => slot.priceId !== priceId);
}

/** The plan stays as it was until the operator has said what the price means. */
async function noteUnknownPrice(tx: Tx, needs: ReconcileNeeds, account: AccountRow): Promise<void> {
  needs.log.error(
    { workspaceId: account.workspaceId, priceId: account.priceId },
    "a subscription has a price that STRIPE_PRICES does not name; its plan stays as it was",
  );
  await recordWorkspaceAudit(tx, account.workspaceId, {
    actorKind: "system",
    action: "billing.unknown_price",
    targetKind: "workspace",
    targetId: account.workspaceId,
    metadata: { priceId: account.priceId },
  });
}

/** A key of another account of Stripe's, or of the other mode: what is known stays until the right one is back. */
function unknownCustomer(): AppError {
  return new AppError(
    "INTERNAL",
    "Stripe does not know this workspace's customer. Is STRIPE_SECRET_KEY of the account in which it was made?",
  );
}

function causeOf({ subscriptionStatus }: Snapshot, { isDeleted }: CustomerState): string {
  return isDeleted ? "customer deleted" : `subscription ${subscriptionStatus ?? "gone"}`;
}
