// Stripe behind the house's own words: idempotency keys on every write, bounded lists, safe errors (MISSION H1).
import type Stripe from "stripe";
import type { BillingConfig } from "~/server/config-billing";
import { AppError } from "~/server/errors";
import { toInvoice, toPriceTag, toRefund, toReversal, toSubscription } from "./from-stripe";
import type {
  ChargeState,
  CheckoutWish,
  CustomerState,
  CustomerWish,
  Payments,
  PortalWish,
  PriceTag,
  SignedEvent,
} from "./payments";
import { readSignedEvent } from "./read-signed-event";

const listMax = 100;
const pricesKeptMs = 10 * 60_000;

type Options = { client: Stripe; billing: BillingConfig; isLive: boolean };

/** A lifetime: one per process, with the keep-alive connections of its client. */
export class StripePayments implements Payments {
  readonly #client: Stripe;
  readonly #billing: BillingConfig;
  readonly #isLive: boolean;
  #prices: { readAtMs: number; tags: PriceTag[] } | null = null;

  constructor({ client, billing, isLive }: Options) {
    this.#client = client;
    this.#billing = billing;
    this.#isLive = isLive;
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

  async openCheckout(wish: CheckoutWish): Promise<{ url: string }> {
    const session = await asked(
      this.#client.checkout.sessions.create(
        {
          mode: "subscription",
          customer: wish.customerId,
          client_reference_id: wish.workspaceId,
          line_items: [{ price: wish.priceId, quantity: 1 }],
          success_url: wish.successUrl,
          cancel_url: wish.cancelUrl,
          allow_promotion_codes: this.#billing.takesPromotionCodes,
          automatic_tax: { enabled: this.#billing.addsTax },
          ...(this.#billing.addsTax ? { customer_update: { address: "auto", name: "auto" } as const } : {}),
          subscription_data: { metadata: { workspaceId: wish.workspaceId } },
        },
        { idempotencyKey: wish.idempotencyKey },
      ),
    );
    return { url: hosted(session.url) };
  }

  async openPortal({ customerId, returnUrl, idempotencyKey }: PortalWish): Promise<{ url: string }> {
    const wish = { customer: customerId, return_url: returnUrl };
    const session = await asked(this.#client.billingPortal.sessions.create(wish, { idempotencyKey }));
    return { url: hosted(session.url) };
  }

  async readCustomer(customerId: string): Promise<CustomerState> {
    const customer = await asked(this.#client.customers.retrieve(customerId));
    if (customer.deleted) {
      return { isDeleted: true, workspaceId: null, installation: null, subscriptions: [], invoices: [] };
    }
    const [subscriptions, invoices] = await asked(
      Promise.all([
        this.#client.subscriptions.list({ customer: customerId, status: "all", limit: listMax }),
        this.#client.invoices.list({ customer: customerId, limit: listMax }),
      ]),
    );
    return {
      isDeleted: false,
      workspaceId: customer.metadata["workspaceId"] ?? null,
      installation: customer.metadata["installation"] ?? null,
      subscriptions: subscriptions.data.map(toSubscription),
      invoices: invoices.data.map(toInvoice),
    };
  }

  async readCharge(chargeId: string): Promise<ChargeState> {
    const [charge, refunds, disputes] = await asked(
      Promise.all([
        this.#client.charges.retrieve(chargeId),
        this.#client.refunds.list({ charge: chargeId, limit: listMax }),
        this.#client.disputes.list({ charge: chargeId, limit: listMax }),
      ]),
    );
    const customerId = typeof charge.customer === "string" ? charge.customer : (charge.customer?.id ?? null);
    return { customerId, reversals: [...refunds.data.map(toRefund), ...disputes.data.map(toReversal)] };
  }

  async listPrices(priceIds: string[]): Promise<PriceTag[]> {
    if (!this.#prices || Date.now() - this.#prices.readAtMs > pricesKeptMs) {
      const read = await Promise.allSettled(priceIds.slice(0, listMax).map((id) => this.#client.prices.retrieve(id)));
      const tags = read.flatMap((answer) => (answer.status === "fulfilled" ? [toPriceTag(answer.value)] : []));
      // An outage is asked about again at once, not in ten minutes.
      if (tags.length < priceIds.length) return tags;
      this.#prices = { readAtMs: Date.now(), tags };
    }
    return this.#prices.tags;
  }
}

async function asked<Answer>(question: Promise<Answer>): Promise<Answer> {
  try {
    return await question;
  } catch (cause) {
    throw new AppError("INTERNAL", "Stripe did not answer as it should. Nothing was charged; try again in a minute.", { cause });
  }
}

function hosted(url: string | null): string {
  if (url) return url;
  throw new AppError("INTERNAL", "Stripe opened a session without an address. Try again in a minute.");
}
