// Signs an event as Stripe does, by Stripe's own package.
import Stripe from "stripe";
import type { LedgerEvent } from "./ledger";

export type SignedDelivery = { payload: string; signature: string };

export function signEvent(event: LedgerEvent, secret: string, at = new Date()): SignedDelivery {
  const payload = JSON.stringify(event);
  const timestamp = Math.floor(at.getTime() / 1_000);
  return { payload, signature: Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp }) };
}
