// The billing webhook's door by itself, on a port, with a sender that signs as Stripe does: for measuring.
import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import { Pool } from "undici";
import type { Db } from "~/db/client";
import { mountBilling } from "~/server/billing/billing.http";
import { systemClock } from "~/server/clock";
import { createLog } from "~/server/log";
import { createPayments } from "~/server/payments/create-payments";
import { Ledger, type LedgerEvent } from "./stripe-stand-in/ledger";
import { type SignedDelivery, signEvent } from "./stripe-stand-in/sign-event";

export type WebhookDoor = {
  /** Signed events of one customer, each with an id of its own. */
  makeEvents(count: number): SignedDelivery[];
  /** Resolves when it is durable; rejects for any answer but 200. */
  send(delivery: SignedDelivery): Promise<void>;
  close(): Promise<void>;
};

export async function openWebhookDoor(across: Db, connections: number): Promise<WebhookDoor> {
  const webhookSecret = `whsec_${randomBytes(16).toString("hex")}`;
  const log = createLog({ program: "bench", level: "error" });
  const billing = {
    secretKey: "sk_test_measuring",
    webhookSecrets: [webhookSecret],
    prices: [],
    apiUrl: null,
    graceDays: 14,
    addsTax: false,
    takesPromotionCodes: false,
  };
  const payments = createPayments({ config: { billing, isProduction: false }, log });
  const app = Fastify();
  mountBilling(app, { across, clock: systemClock, log, payments, queue: { ring: async () => {}, close: async () => {} } });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const pool = new Pool(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, { connections });
  const event = exampleEvent();
  return {
    makeEvents: (count) =>
      Array.from({ length: count }, () => signEvent({ ...event, id: `evt_${randomBytes(12).toString("hex")}` }, webhookSecret)),
    send: async ({ payload, signature }) => {
      const headers = { "content-type": "application/json", "stripe-signature": signature };
      const statusCode = await post(pool, { headers, body: payload });
      if (statusCode !== 200) throw new Error(`the door answered ${statusCode}`);
    },
    close: async () => {
      await pool.close();
      await app.close();
    },
  };
}

/** A real one's size: a subscription with its item and price. */
function exampleEvent(): LedgerEvent {
  const ledger = new Ledger(() => new Date());
  ledger.addPrice("price_measured", { interval: "month", unitAmount: 2_900 });
  ledger.subscribe("cus_measured", "price_measured");
  const [event] = ledger.events;
  if (!event) throw new Error("the ledger told nothing");
  return event;
}

/** By `dispatch`: the sender shares the cores with what is measured, so it should cost little. */
function post(pool: Pool, request: { headers: Record<string, string>; body: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    let status = 0;
    pool.dispatch(
      { method: "POST", path: "/v1/billing/webhook", ...request },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, statusCode) => {
          status = statusCode;
        },
        onResponseData: () => undefined,
        onResponseEnd: () => resolve(status),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}
