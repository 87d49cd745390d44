// Whatever happens at Stripe, and in whichever order and however often we hear of it: the same plan, the same records (MISSION H2).
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BillingRig, createBillingRig, prices, shuffled } from "~/server/testing/billing-rig";
import type { LedgerEvent, Subscription } from "~/server/testing/stripe-stand-in/ledger";
import { entitledTier } from "./judge-subscription";
import { reconcileAccount } from "./reconcile-account";

let rig: BillingRig;
beforeAll(async () => {
  rig = await createBillingRig();
});
afterAll(() => rig.dispose());

const sets = 200;
const dayMs = 86_400_000;

/** mulberry32: the same story for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A few things that happen to a customer, one after the other. */
function live(customerId: string, random: () => number): LedgerEvent[] {
  const { ledger } = rig.stripe;
  const pick = <Choice>(choices: Choice[]) => choices[Math.floor(random() * choices.length)] as Choice;
  const subscription = ledger.subscribe(customerId, pick([prices.starter, prices.pro, prices.proYear]));
  const acts = [
    () => ledger.changePrice(subscription.id, pick([prices.starter, prices.pro])),
    () => ledger.failPayment(subscription.id),
    () => ledger.recover(subscription.id),
    () => ledger.change(subscription.id, { cancel_at_period_end: random() < 0.5 }),
    () => ledger.change(subscription.id, { status: pick(["paused", "active", "unpaid", "trialing"]) }),
    () => ledger.change(subscription.id, { status: "canceled" }),
    () => ledger.subscribe(customerId, pick([prices.starter, prices.pro])),
    () => ledger.tellOf("teapot.boiled", subscription),
  ];
  const steps = 2 + Math.floor(random() * 6);
  for (let step = 0; step < steps; step += 1) pick(acts)();
  return ledger.events.splice(0);
}

/** What the same story leaves behind, without what differs by nature: ids of ours, and when we looked. */
async function stateOf(workspaceId: string) {
  const { owner } = rig.services;
  const account = await owner
    .selectFrom("billingAccounts")
    .selectAll()
    .where("workspaceId", "=", workspaceId)
    .executeTakeFirstOrThrow();
  const invoices = await owner
    .selectFrom("billingRecords")
    .select(["stripeId", "status", "amountDue", "amountPaid", "occurredAt"])
    .where("workspaceId", "=", workspaceId)
    .where("kind", "=", "invoice")
    .orderBy("stripeId")
    .execute();
  const { fetchTicket: _f, appliedTicket: _a, reconciledAt: _r, createdAt: _c, ...rest } = account;
  return { tier: await rig.tierOf(workspaceId), account: { ...rest, workspaceId: "" }, invoices };
}

describe("a set of events", () => {
  it(`ends in what Stripe says, for ${sets} random stories in random order with random copies`, async () => {
    for (let seed = 1; seed <= sets; seed += 1) {
      const random = randomOf(seed);
      const { workspaceId, customerId } = await rig.growCustomer();
      const story = live(customerId, random);
      for (const event of shuffled(story, random)) {
        await rig.deliver(rig.stripe.sign(event));
        rig.services.clock.advance(1);
        // Sometimes an event is settled before the next one comes in, sometimes many are at once.
        if (random() < 0.3) await rig.settleRung();
      }
      await rig.settleRung();
      const once = await stateOf(workspaceId);
      for (const event of shuffled(story, random)) await rig.deliver(rig.stripe.sign(event));
      expect(rig.services.queue.rung, "copies ring for nobody").toEqual([]);
      expect(await stateOf(workspaceId), `seed ${seed}`).toEqual(once);
      const subscriptions = rig.stripe.ledger.list<Subscription>("subscription", ({ customer }) => customer === customerId);
      const isPaid = subscriptions.some(({ status }) => ["active", "trialing", "past_due", "unpaid"].includes(status));
      expect(once.tier !== "free", `seed ${seed}`).toBe(isPaid);
    }
  }, 240_000);

  it("heard while the story still goes on ends as when heard afterwards", async () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const { workspaceId, customerId } = await rig.growCustomer();
      const random = randomOf(seed);
      const early = live(customerId, random);
      const late: LedgerEvent[] = [];
      for (const event of early) {
        await rig.deliver(rig.stripe.sign(event));
        late.push(...live(customerId, random));
        await rig.settleRung();
      }
      for (const event of shuffled(late, random)) await rig.deliver(rig.stripe.sign(event));
      await rig.settleRung();
      const interleaved = await stateOf(workspaceId);
      await rig.services.owner.deleteFrom("billingEvents").execute();
      for (const event of shuffled([...early, ...late], random)) await rig.deliver(rig.stripe.sign(event));
      await rig.settleRung();
      expect(await stateOf(workspaceId), `seed ${seed}`).toEqual(interleaved);
    }
  }, 240_000);
});

describe("an answer of Stripe's", () => {
  it("that comes back late does not undo what was learned meanwhile", async () => {
    const { payments } = rig.services;
    if (!payments) throw new Error("billing is off");
    const { workspaceId, customerId } = await rig.growCustomer();
    const { id } = rig.stripe.ledger.subscribe(customerId, prices.pro);
    rig.stripe.ledger.events.length = 0;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const slow = Object.create(payments, {
      readCustomer: {
        value: async (customer: string) => {
          const answer = await payments.readCustomer(customer);
          asked();
          await held;
          return answer;
        },
      },
    });
    const early = reconcileAccount({ ...rig.services, payments: slow }, workspaceId);
    await isAsked;
    rig.stripe.ledger.change(id, { status: "canceled" });
    await reconcileAccount(rig.services, workspaceId);
    release();
    await early;
    expect(await rig.tierOf(workspaceId)).toBe("free");
  });
});

describe("grace", () => {
  it("keeps the plan for its days and not a moment longer", () => {
    const graceEndsAt = new Date(Date.UTC(2026, 10, 15));
    const account = { subscriptionStatus: "past_due", subscriptionTier: "pro", graceEndsAt, assignedTier: null } as const;
    const at = (ms: number) => entitledTier({ ...noNews, ...account }, new Date(graceEndsAt.getTime() + ms));
    expect([at(-dayMs), at(-1), at(0), at(dayMs)]).toEqual(["pro", "pro", "free", "free"]);
  });
});

const noNews = {
  subscriptionId: "sub_1",
  priceId: null,
  currency: null,
  billingInterval: null,
  periodStartsAt: null,
  periodEndsAt: null,
  cancelsAt: null,
  trialEndsAt: null,
  pastDueSince: null,
};
