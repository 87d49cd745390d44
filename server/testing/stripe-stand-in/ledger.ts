// The books of the stand-in: customers, subscriptions, invoices and charges as Stripe shapes them, and every change as an event.
import { randomBytes } from "node:crypto";

export type Thing = { id: string; object: string; [name: string]: unknown };
export type LedgerEvent = Thing & { type: string; created: number; data: { object: Thing } };
export type Price = Thing & {
  currency: string;
  unit_amount: number;
  recurring: { interval: "month" | "year"; interval_count: number };
};

type Item = {
  id: string;
  object: string;
  quantity: number;
  price: Price;
  current_period_start: number;
  current_period_end: number;
};
export type Subscription = Thing & {
  customer: string;
  status: string;
  created: number;
  cancel_at: number | null;
  cancel_at_period_end: boolean;
  trial_end: number | null;
  items: { object: "list"; data: [Item] };
};
export type Invoice = Thing & {
  customer: string;
  status: string;
  attempted: boolean;
  amount_due: number;
  amount_paid: number;
  charge_id: string;
};

const trialSeconds = 14 * 86_400;
const periodSeconds = { month: 30 * 86_400, year: 365 * 86_400 };

/** A lifetime: one per stand-in. Every act answers at once; its events wait in `events` until they are delivered. */
export class Ledger {
  readonly things = new Map<string, Thing>();
  readonly events: LedgerEvent[] = [];
  readonly #nowSeconds: () => number;
  #count = 0;

  constructor(now: () => Date) {
    this.#nowSeconds = () => Math.floor(now().getTime() / 1_000);
  }

  /** Throws when there is no such thing of this kind. */
  get<Kind extends Thing = Thing>(id: string): Kind {
    const thing = this.things.get(id);
    if (!thing) throw new Error(`No such object: ${id}`);
    return thing as Kind;
  }

  list<Kind extends Thing>(object: string, fits: (thing: Kind) => boolean): Kind[] {
    return [...this.things.values()].filter((thing): thing is Kind => thing.object === object && fits(thing as Kind)).reverse();
  }

  add<Kind extends Thing>(prefix: string, fields: Omit<Kind, "id">): Kind {
    this.#count += 1;
    const id = `${prefix}_${String(this.#count).padStart(6, "0")}${randomBytes(6).toString("hex")}`;
    const thing = { id, livemode: false, created: this.#nowSeconds(), ...fields } as unknown as Kind;
    this.things.set(id, thing);
    return thing;
  }

  addPrice(id: string, of: { interval: "month" | "year"; unitAmount: number; currency?: string }): Price {
    const { interval, unitAmount, currency = "usd" } = of;
    const recurring = { interval, interval_count: 1 };
    const price: Price = { id, object: "price", active: true, currency, unit_amount: unitAmount, recurring };
    this.things.set(id, price);
    return price;
  }

  /** What a paid Checkout does. */
  subscribe(customer: string, priceId: string, status = "active"): Subscription {
    const price = this.get<Price>(priceId);
    const from = this.#nowSeconds();
    const period = { current_period_start: from, current_period_end: from + periodSeconds[price.recurring.interval] };
    const item: Item = { id: `si_${priceId}`, object: "subscription_item", quantity: 1, price, ...period };
    const subscription = this.add<Subscription>("sub", {
      object: "subscription",
      customer,
      status,
      currency: price.currency,
      start_date: from,
      created: from,
      cancel_at: null,
      cancel_at_period_end: false,
      trial_end: status === "trialing" ? from + trialSeconds : null,
      items: { object: "list", data: [item] },
      metadata: {},
    });
    this.#tell("customer.subscription.created", subscription);
    if (status !== "trialing") this.bill(subscription.id, { isPaid: status === "active" });
    return subscription;
  }

  /** An invoice for the period; unpaid it stays open, as after a card was declined. */
  bill(subscriptionId: string, { isPaid }: { isPaid: boolean }): Invoice {
    const { customer, items } = this.get<Subscription>(subscriptionId);
    const [{ price, current_period_start: from, current_period_end: to }] = items.data;
    const charge = this.add("ch", { object: "charge", customer, amount: price.unit_amount, currency: price.currency });
    const invoice = this.add<Invoice>("in", {
      object: "invoice",
      customer,
      charge_id: charge.id,
      parent: { type: "subscription_details", subscription_details: { subscription: subscriptionId, metadata: {} } },
      status: isPaid ? "paid" : "open",
      attempted: true,
      number: `TEST-${String(this.#count).padStart(4, "0")}`,
      currency: price.currency,
      amount_due: price.unit_amount,
      amount_paid: isPaid ? price.unit_amount : 0,
      total_taxes: [],
      period_start: from,
      period_end: to,
      status_transitions: { finalized_at: this.#nowSeconds() },
    });
    const page = `https://invoice.stripe.com/i/acct_standIn/${invoice.id}`;
    Object.assign(invoice, { hosted_invoice_url: page, invoice_pdf: `${page}/pdf` });
    this.#tell("invoice.finalized", invoice);
    this.#tell(isPaid ? "invoice.paid" : "invoice.payment_failed", invoice);
    return invoice;
  }

  /** The next period's payment is declined. */
  failPayment(subscriptionId: string): Invoice {
    const invoice = this.bill(subscriptionId, { isPaid: false });
    this.change(subscriptionId, { status: "past_due" });
    return invoice;
  }

  payInvoice(invoiceId: string): void {
    const invoice = this.get<Invoice>(invoiceId);
    Object.assign(invoice, { status: "paid", amount_paid: invoice.amount_due });
    this.#tell("invoice.paid", invoice);
  }

  /** Every open invoice is paid, and the subscription goes on. */
  recover(subscriptionId: string): void {
    const { customer } = this.get<Subscription>(subscriptionId);
    for (const { id } of this.list<Invoice>("invoice", (one) => one.customer === customer && one.status === "open"))
      this.payInvoice(id);
    this.change(subscriptionId, { status: "active" });
  }

  change(subscriptionId: string, fields: Partial<Subscription>): void {
    const subscription = Object.assign(this.get<Subscription>(subscriptionId), fields);
    const words: Record<string, string> = { paused: "paused", canceled: "deleted" };
    this.#tell(`customer.subscription.${words[subscription.status] ?? "updated"}`, subscription);
  }

  changePrice(subscriptionId: string, priceId: string): void {
    const subscription = this.get<Subscription>(subscriptionId);
    subscription.items.data[0].price = this.get<Price>(priceId);
    this.change(subscriptionId, {});
  }

  refund(chargeId: string): void {
    const { amount, currency } = this.get(chargeId);
    this.add("re", { object: "refund", charge: chargeId, amount, currency, status: "succeeded" });
    this.#tell("charge.refunded", this.get(chargeId));
  }

  dispute(chargeId: string): void {
    const { amount, currency } = this.get(chargeId);
    const dispute = this.add("du", { object: "dispute", charge: chargeId, amount, currency, status: "needs_response" });
    this.#tell("charge.dispute.created", dispute);
  }

  deleteCustomer(customerId: string): void {
    for (const { id } of this.list<Subscription>("subscription", ({ customer }) => customer === customerId)) {
      if (this.get<Subscription>(id).status !== "canceled") this.change(id, { status: "canceled" });
    }
    const customer = { id: customerId, object: "customer", deleted: true };
    this.#tell("customer.deleted", this.get(customerId));
    this.things.set(customerId, customer);
  }

  tellOf(type: string, object: Thing): LedgerEvent {
    return this.#tell(type, object);
  }

  #tell(type: string, object: Thing): LedgerEvent {
    const data = { object: structuredClone(object) };
    const event = this.add<LedgerEvent>("evt", { object: "event", type, created: this.#nowSeconds(), data, api_version: null });
    this.things.delete(event.id);
    this.events.push(event);
    return event;
  }
}
