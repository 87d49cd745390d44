// What Stripe's present state means here: which subscription counts, for which plan, and until when. Pure (MISSION H2).
import type { Selectable } from "kysely";
import type { BillingAccountsTable } from "~/db/tables/billing-accounts";
import { type Tier, tiers } from "~/db/tables/workspaces";
import type { BillingConfig } from "~/server/config-billing";
import type { CustomerState, InvoiceState, SubscriptionState } from "~/server/payments/payments";

type Account = Selectable<BillingAccountsTable>;

export type Snapshot = Pick<
  Account,
  | "subscriptionId"
  | "subscriptionStatus"
  | "subscriptionTier"
  | "priceId"
  | "currency"
  | "billingInterval"
  | "periodStartsAt"
  | "periodEndsAt"
  | "cancelsAt"
  | "trialEndsAt"
  | "pastDueSince"
  | "graceEndsAt"
>;

type Terms = Pick<BillingConfig, "prices" | "graceDays">;

const dayMs = 86_400_000;
const standing: Record<string, number> = { active: 5, trialing: 5, past_due: 4, unpaid: 3, paused: 2, incomplete: 1 };
const unpaidStatuses: readonly string[] = ["past_due", "unpaid"];

export const noSubscription: Snapshot = {
  subscriptionId: null,
  subscriptionStatus: null,
  subscriptionTier: null,
  priceId: null,
  currency: null,
  billingInterval: null,
  periodStartsAt: null,
  periodEndsAt: null,
  cancelsAt: null,
  trialEndsAt: null,
  pastDueSince: null,
  graceEndsAt: null,
};

/** `before`: what was known of the account, for a price that the configuration does not name (any more). */
export function judgeSubscription(customer: CustomerState, terms: Terms, before: Snapshot): Snapshot {
  const counting = [...customer.subscriptions].sort(
    (one, other) => weigh(other, terms) - weigh(one, terms) || byAge(one, other),
  )[0];
  if (!counting) return noSubscription;
  const pastDueSince = unpaidStatuses.includes(counting.status) ? unpaidSince(counting, customer.invoices) : null;
  return {
    subscriptionId: counting.id,
    subscriptionStatus: counting.status,
    subscriptionTier: tierOf(counting, terms) ?? (before.subscriptionId === counting.id ? before.subscriptionTier : null),
    priceId: counting.priceId,
    currency: counting.currency,
    billingInterval: counting.interval,
    periodStartsAt: counting.periodStartsAt,
    periodEndsAt: counting.periodEndsAt,
    cancelsAt: counting.cancelsAt,
    trialEndsAt: counting.trialEndsAt,
    pastDueSince,
    graceEndsAt: pastDueSince ? new Date(pastDueSince.getTime() + terms.graceDays * dayMs) : null,
  };
}

/** By the configuration alone: whatever somebody names a price at Stripe, or makes it cost, changes no plan. */
function tierOf({ priceId }: SubscriptionState, { prices }: Terms): Tier | null {
  return prices.find((slot) => slot.priceId === priceId)?.tier ?? null;
}

/** Whatever else the same customer pays for, at a price that is none of ours, comes after every plan that still means something. */
function weigh(subscription: SubscriptionState, terms: Terms): number {
  const tier = tierOf(subscription, terms);
  const rank = standing[subscription.status] ?? 0;
  return tier === null ? rank / 10 : rank * tiers.length + tiers.indexOf(tier);
}

/** The newer one first, and always the same one of two of an age. */
function byAge(one: SubscriptionState, other: SubscriptionState): number {
  return other.createdAt.getTime() - one.createdAt.getTime() || (one.id < other.id ? -1 : 1);
}

/** Since the oldest invoice that a payment was tried for in vain; without one, since the period began. */
function unpaidSince(subscription: SubscriptionState, invoices: InvoiceState[]): Date {
  const moments = invoices
    .filter(({ subscriptionId }) => subscriptionId === subscription.id)
    .flatMap((invoice) => (invoice.unpaidSince ? [invoice.unpaidSince.getTime()] : []));
  return moments.length > 0 ? new Date(Math.min(...moments)) : subscription.periodStartsAt;
}

/** What the workspace is entitled to: the higher of what is paid for and what an operator assigned. */
export function entitledTier(account: Snapshot & Pick<Account, "assignedTier">, now: Date): Tier {
  const [paid, assigned] = [paidTier(account, now), account.assignedTier ?? "free"];
  return tiers.indexOf(paid) >= tiers.indexOf(assigned) ? paid : assigned;
}

function paidTier({ subscriptionStatus: status, subscriptionTier: tier, graceEndsAt }: Snapshot, now: Date): Tier {
  if (tier === null || status === null) return "free";
  if (status === "active" || status === "trialing") return tier;
  return unpaidStatuses.includes(status) && graceEndsAt !== null && now < graceEndsAt ? tier : "free";
}

/** A subscription that can never count again; a new one may be begun. */
export function isOver(status: string): boolean {
  return status === "canceled" || status === "incomplete_expired" || status === "incomplete";
}
