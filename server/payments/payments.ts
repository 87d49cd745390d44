// What the house asks of whoever takes the money. Everything that comes back is the present state, never a change.
import type { BillingInterval } from "~/db/tables/billing-accounts";

/** A delivery whose signature held: what it is about, not what it says. */
export type SignedEvent = {
  id: string;
  type: string;
  createdAt: Date;
  /** Of the same mode, test or live, as our key. */
  isOurMode: boolean;
  subjectId: string | null;
  customerId: string | null;
  chargeId: string | null;
  /** Of the secret that it was signed with. */
  fingerprint: string;
};

export type SubscriptionState = {
  id: string;
  /** Stripe's word: trialing, active, past_due, unpaid, paused, incomplete, incomplete_expired, canceled. */
  status: string;
  priceId: string | null;
  currency: string;
  interval: BillingInterval | null;
  periodStartsAt: Date;
  periodEndsAt: Date;
  /** When it ends by itself; null: it goes on. */
  cancelsAt: Date | null;
  /** While it is a trial. */
  trialEndsAt: Date | null;
  createdAt: Date;
};

export type InvoiceState = {
  id: string;
  subscriptionId: string | null;
  status: string;
  number: string | null;
  currency: string;
  /** In the currency's smallest unit. */
  amountDue: number;
  amountPaid: number;
  tax: number;
  periodStartsAt: Date;
  periodEndsAt: Date;
  /** When it was made: the record's own date. */
  occurredAt: Date;
  /** Open, and a payment was tried: since when. */
  unpaidSince: Date | null;
};

/** As we wrote it when we made the customer; null: not by us. */
export type CustomerMark = { workspaceId: string | null; installation: string | null };

export type CustomerState = {
  isDeleted: boolean;
  subscriptions: SubscriptionState[];
  /** The newest hundred. */
  invoices: InvoiceState[];
};

/** A refund or a dispute. */
export type Reversal = {
  kind: "refund" | "dispute";
  id: string;
  status: string;
  currency: string;
  amount: number;
  occurredAt: Date;
};

export type ChargeState = { customerId: string | null; reversals: Reversal[] };

export type PriceTag = { priceId: string; currency: string; unitAmount: number | null; interval: BillingInterval | null };

export type CustomerWish = {
  workspaceId: string;
  installation: string;
  name: string;
  email: string | null;
  idempotencyKey: string;
};
export type CheckoutWish = {
  customerId: string;
  priceId: string;
  workspaceId: string;
  successUrl: string;
  cancelUrl: string;
  /** Nobody can pay after it: at least half an hour ahead. */
  expiresAt: Date;
  idempotencyKey: string;
};
export type PortalWish = { customerId: string; returnUrl: string; idempotencyKey: string };

/** Addresses at Stripe's own hosts, for whoever holds them: never kept here. */
export type InvoiceLinks = { pageUrl: string | null; pdfUrl: string | null };

/** Every method asks over the network, within ten seconds, except `readEvent`; they reject with a retryable `INTERNAL`. */
export interface Payments {
  /** Rejects what was not signed with one of our secrets within the last 300 s: `UNAUTHENTICATED`, `details.reason` says why. */
  readEvent(raw: Buffer, signature: string | undefined, now: Date): SignedEvent;
  createCustomer(wish: CustomerWish): Promise<string>;
  /** The customer's only session that can be paid: every other is closed. Rejects with `CONFLICT` when another was opened just now. */
  openCheckout(wish: CheckoutWish): Promise<{ url: string }>;
  /** Closes every session that could still be paid. */
  closeCheckouts(customerId: string): Promise<void>;
  openPortal(wish: PortalWish): Promise<{ url: string }>;
  /** Ends it now, without a refund. One that is over already is left alone. */
  endSubscription(subscriptionId: string): Promise<void>;
  /** Null: this account of Stripe's has no such customer. */
  readMark(customerId: string): Promise<CustomerMark | null>;
  /** Null: this account of Stripe's has no such customer. */
  readCustomer(customerId: string): Promise<CustomerState | null>;
  /** Null: this account of Stripe's has no such charge. */
  readCharge(chargeId: string): Promise<ChargeState | null>;
  /** Null: this account of Stripe's has no such invoice. */
  readInvoiceLinks(invoiceId: string): Promise<InvoiceLinks | null>;
  /** Asked at most every ten minutes, and every half a minute while one cannot be read: that one is left out. */
  listPrices(priceIds: string[]): Promise<PriceTag[]>;
}
