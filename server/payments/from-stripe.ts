// Stripe's objects in the house's words, and nothing of them that the house has no use for.
import type Stripe from "stripe";
import type { BillingInterval } from "~/db/tables/billing-accounts";
import type { CustomerMark, InvoiceState, PriceTag, Reversal, SubscriptionState } from "./payments";

/** The one item that Checkout made; its price says what was bought, its period what is paid for. */
export function toSubscription(subscription: Stripe.Subscription): SubscriptionState {
  const item = subscription.items.data[0];
  const endsItself = subscription.cancel_at_period_end ? (item?.current_period_end ?? null) : null;
  return {
    id: subscription.id,
    status: subscription.status,
    priceId: item?.price.id ?? null,
    currency: subscription.currency,
    interval: intervalOf(item?.price.recurring?.interval),
    periodStartsAt: at(item?.current_period_start ?? subscription.start_date),
    periodEndsAt: at(item?.current_period_end ?? subscription.start_date + 1),
    cancelsAt: maybeAt(subscription.cancel_at ?? endsItself),
    trialEndsAt: subscription.status === "trialing" ? maybeAt(subscription.trial_end) : null,
    createdAt: at(subscription.created),
  };
}

export function toMark({ metadata }: Stripe.Customer): CustomerMark {
  return { workspaceId: metadata["workspaceId"] ?? null, installation: metadata["installation"] ?? null };
}

export function toInvoice(invoice: Stripe.Invoice): InvoiceState {
  const subscription = invoice.parent?.subscription_details?.subscription ?? null;
  return {
    id: invoice.id,
    subscriptionId: typeof subscription === "string" ? subscription : (subscription?.id ?? null),
    status: invoice.status ?? "unknown",
    number: invoice.number,
    currency: invoice.currency,
    amountDue: invoice.amount_due,
    amountPaid: invoice.amount_paid,
    tax: (invoice.total_taxes ?? []).reduce((sum, tax) => sum + tax.amount, 0),
    periodStartsAt: at(invoice.period_start),
    periodEndsAt: at(invoice.period_end),
    occurredAt: at(invoice.created),
    unpaidSince:
      invoice.status === "open" && invoice.attempted ? at(invoice.status_transitions.finalized_at ?? invoice.created) : null,
  };
}

export function toRefund(refund: Stripe.Refund): Reversal {
  const { id, currency, amount, created } = refund;
  return { kind: "refund", id, status: refund.status ?? "unknown", currency, amount, occurredAt: at(created) };
}

export function toReversal(dispute: Stripe.Dispute): Reversal {
  const { id, status, currency, amount, created } = dispute;
  return { kind: "dispute", id, status, currency, amount, occurredAt: at(created) };
}

export function toPriceTag(price: Stripe.Price): PriceTag {
  const { id, currency, unit_amount: unitAmount, recurring } = price;
  return { priceId: id, currency, unitAmount, interval: intervalOf(recurring?.interval) };
}

function intervalOf(word: string | undefined): BillingInterval | null {
  return word === "month" || word === "year" ? word : null;
}

function at(seconds: number): Date {
  return new Date(seconds * 1_000);
}

function maybeAt(seconds: number | null): Date | null {
  return seconds === null ? null : at(seconds);
}
