// A house with billing on: its Stripe is the stand-in, its webhook door is open, and rung jobs are run when the test says so.
import { randomBytes } from "node:crypto";
import { type BillingEventKey, settleBillingEventJob } from "~/server/billing/billing.jobs";
import { ensureCustomer } from "~/server/billing/ensure-customer";
import { EventIntake } from "~/server/billing/event-intake";
import { receiveEvent } from "~/server/billing/receive-event";
import { settleEvent } from "~/server/billing/settle-event";
import type { BillingConfig } from "~/server/config-billing";
import { newId } from "~/server/ids";
import { createTestTenant } from "./factories";
import { createManualClock } from "./manual-clock";
import type { LedgerEvent } from "./stripe-stand-in/ledger";
import type { SignedDelivery } from "./stripe-stand-in/sign-event";
import { type StripeStandIn, startStripeStandIn } from "./stripe-stand-in/start-stripe-stand-in";
import { createTestServices, type TestServices } from "./test-services";

export const prices = {
  starter: "price_starter_month",
  pro: "price_pro_month",
  proYear: "price_pro_year",
  strange: "price_strange",
};

export type BillingRig = {
  services: TestServices;
  stripe: StripeStandIn;
  secrets: { newer: string; older: string };
  /** A workspace with its customer. */
  growCustomer(): Promise<{ workspaceId: string; customerId: string; tenant: Awaited<ReturnType<typeof createTestTenant>> }>;
  deliver(delivery: SignedDelivery): Promise<{ duplicate: boolean }>;
  /** Takes in the events that wait at Stripe, each once, and settles them. */
  takeAll(): Promise<void>;
  /** Runs every job that was rung for. */
  settleRung(): Promise<void>;
  tierOf(workspaceId: string): Promise<string>;
  dispose(): Promise<void>;
};

export async function createBillingRig(overrides: Partial<BillingConfig> = {}): Promise<BillingRig> {
  const now = new Date("2026-11-01T12:00:00Z");
  const clock = createManualClock(now);
  const secret = () => `whsec_${randomBytes(16).toString("hex")}`;
  const secrets = { newer: secret(), older: secret() };
  const secretKey = `sk_test_${randomBytes(8).toString("hex")}`;
  const apiVersion = "2026-10-28.endive";
  const stripe = await startStripeStandIn({ secretKey, apiVersion, webhookSecret: secrets.newer, now: () => clock.now() });
  stripe.ledger.addPrice(prices.starter, { interval: "month", unitAmount: 2_900 });
  stripe.ledger.addPrice(prices.pro, { interval: "month", unitAmount: 9_900 });
  stripe.ledger.addPrice(prices.proYear, { interval: "year", unitAmount: 99_000 });
  stripe.ledger.addPrice(prices.strange, { interval: "month", unitAmount: 1 });
  const billing: BillingConfig = {
    secretKey,
    webhookSecrets: [secrets.newer, secrets.older],
    prices: [
      { tier: "starter", interval: "month", currency: "usd", priceId: prices.starter },
      { tier: "pro", interval: "month", currency: "usd", priceId: prices.pro },
      { tier: "pro", interval: "year", currency: "usd", priceId: prices.proYear },
    ],
    apiUrl: stripe.url,
    graceDays: 14,
    addsTax: false,
    takesPromotionCodes: false,
    ...overrides,
  };
  const services = await createTestServices({ config: { billing, logLevel: "error" }, now });
  // The rig's clock and the services' are one: the stand-in asks the first, the house the second.
  services.clock.advance = (ms) => clock.set(new Date(clock.now().getTime() + ms));
  services.clock.set = (date) => clock.set(date);
  services.clock.now = () => clock.now();
  const intake = new EventIntake(services);
  const deliver = (delivery: SignedDelivery) => receiveEvent(intake, deliveryOf(delivery));
  const settleRung = async () => {
    for (const ring of services.queue.rung.splice(0)) {
      if (ring.name === settleBillingEventJob.name) await settleEvent(services, ring.payload as BillingEventKey);
    }
  };
  return {
    services,
    stripe,
    secrets,
    deliver,
    settleRung,
    growCustomer: async () => {
      const tenant = await createTestTenant(services);
      const customerId = await ensureCustomer(services, tenant.scope);
      return { workspaceId: tenant.workspace.id, customerId, tenant };
    },
    takeAll: async () => {
      for (const event of stripe.ledger.events.splice(0)) await deliver(stripe.sign(event));
      await settleRung();
    },
    tierOf: async (workspaceId) => {
      const query = services.owner.selectFrom("workspaces").select("tier").where("id", "=", workspaceId);
      return (await query.executeTakeFirstOrThrow()).tier;
    },
    dispose: async () => {
      await services.dispose();
      await stripe.stop();
    },
  };
}

export function deliveryOf({ payload, signature }: SignedDelivery) {
  return { raw: Buffer.from(payload), signature, traceId: newId("trace"), ipAddress: "10.0.0.9" };
}

/** The same set in another order, some of it twice: decided by the numbers alone. */
export function shuffled(events: LedgerEvent[], random: () => number): LedgerEvent[] {
  const copies = events.flatMap((event) => (random() < 0.4 ? [event, event] : [event]));
  for (let place = copies.length - 1; place > 0; place -= 1) {
    const other = Math.floor(random() * (place + 1));
    const [one, two] = [copies[place], copies[other]];
    if (one && two) [copies[place], copies[other]] = [two, one];
  }
  return copies;
}
