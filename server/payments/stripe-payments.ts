// Stripe behind the house's own words: idempotency keys on every write, bounded lists, safe errors (MISSION H1).
import type Stripe from "stripe";
import type { BillingConfig } from "~/server/config-billing";
import { asked, askedFor } from "./asked";
import { toInvoice, toMark, toRefund, toReversal, toSubscription } from "./from-stripe";
import { hostedAddress, paperAddress } from "./hosted-address";
import { closeEveryCheckout, openOneCheckout } from "./one-checkout";
import type {
  ChargeState,
  CheckoutWish,
  CustomerMark,
  CustomerState,
  CustomerWish,
  InvoiceLinks,
  Payments,
  PortalWish,
  PriceTag,
  SignedEvent,
} from "./payments";
import { PriceTags } from "./price-tags";
import { readSignedEvent } from "./read-signed-event";

const listMax = 100;

type Options = { client: Stripe; billing: BillingConfig; isLive: boolean };

/** A lifetime: one per process, with the keep-alive connections of its client. */
export class StripePayments implements Payments {
  readonly #client: Stripe;
  readonly #billing: BillingConfig;
  readonly #isLive: boolean;
  readonly #prices: PriceTags;

  constructor({ client, billing, isLive }: Options) {
    this.#client = client;
    this.#billing = billing;
    this.#isLive = isLive;
    this.#prices = new PriceTags(client);
  }

  readEvent(raw: Buffer, signature: string | undefined, now: Date): SignedEvent {
    const { webhookSecrets: secrets } = this.#billing;
    return readSignedEvent({ webhooks: this.#client.webhooks, secrets, isLive: this.#isLive }, { raw, signature, now });
  }

  async createCustomer({ workspaceId, installation, name, email, idempotencyKey }: CustomerWish): Promise<string> {
    const customer = await asked(
      this.#client.customers.create(
        { name, ...(email ? { email } : {}), metadata: { workspaceId, installation } },
        { idempotencyKey },
      ),
    );
    return customer.id;
  }

  openCheckout(wish: CheckoutWish): Promise<{ url: string }> {
    return openOneCheckout({ client: this.#client, billing: this.#billing }, wish);
  }

  closeCheckouts(customerId: string): Promise<void> {
    return closeEveryCheckout({ client: this.#client, billing: this.#billing }, customerId);
  }

  async openPortal({ customerId, returnUrl, idempotencyKey }: PortalWish): Promise<{ url: string }> {
    const wish = { customer: customerId, return_url: returnUrl };
    const session = await asked(this.#client.billingPortal.sessions.create(wish, { idempotencyKey }));
    return { url: hostedAddress(session.url, this.#billing.apiUrl) };
  }

  async endSubscription(subscriptionId: string): Promise<void> {
    const idempotencyKey = `end-${subscriptionId}`;
    await askedFor(this.#client.subscriptions.cancel(subscriptionId, {}, { idempotencyKey }));
  }

  async readMark(customerId: string): Promise<CustomerMark | null> {
    const customer = await askedFor(this.#client.customers.retrieve(customerId));
    return customer && !customer.deleted ? toMark(customer) : null;
  }

  async readCustomer(customerId: string): Promise<CustomerState | null> {
    const customer = await askedFor(this.#client.customers.retrieve(customerId));
    if (!customer) return null;
    if (customer.deleted) return { isDeleted: true, subscriptions: [], invoices: [] };
    const [subscriptions, invoices] = await asked(
      Promise.all([
        this.#client.subscriptions.list({ customer: customerId, status: "all", limit: listMax }),
        this.#client.invoices.list({ customer: customerId, limit: listMax }),
      ]),
    );
    return { isDeleted: false, subscriptions: subscriptions.data.map(toSubscription), invoices: invoices.data.map(toInvoice) };
  }

  async readInvoiceLinks(invoiceId: string): Promise<InvoiceLinks | null> {
    const invoice = await askedFor(this.#client.invoices.retrieve(invoiceId));
    return invoice && { pageUrl: paperAddress(invoice.hosted_invoice_url), pdfUrl: paperAddress(invoice.invoice_pdf) };
  }

  async readCharge(chargeId: string): Promise<ChargeState | null> {
    const charge = await askedFor(this.#client.charges.retrieve(chargeId));
    if (!charge) return null;
    const [refunds, disputes] = await asked(
      Promise.all([
        this.#client.refunds.list({ charge: chargeId, limit: listMax }),
        this.#client.disputes.list({ charge: chargeId, limit: listMax }),
      ]),
    );
    const customerId = typeof charge.customer === "string" ? charge.customer : (charge.customer?.id ?? null);
    return { customerId, reversals: [...refunds.data.map(toRefund), ...disputes.data.map(toReversal)] };
  }

  listPrices(priceIds: string[]): Promise<PriceTag[]> {
    return this.#prices.list(priceIds);
  }
}
