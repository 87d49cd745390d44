// What somebody would try who wants a plan for nothing, a second effect, or a standstill; and what an accident does just as well.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "~/server/errors";
import type { ChargeState, Payments } from "~/server/payments/payments";
import { type BillingRig, createBillingRig, prices } from "~/server/testing/billing-rig";
import type { Thing } from "~/server/testing/stripe-stand-in/ledger";
import { readBilling } from "./read-billing";
import { settleEvent } from "./settle-event";
import { sweepBilling } from "./sweep-billing";

const dayMs = 86_400_000;

let rig: BillingRig;
beforeAll(async () => {
  rig = await createBillingRig();
});
afterAll(() => rig.dispose());
beforeEach(async () => {
  await rig.services.reset();
  rig.services.clock.set(new Date("2026-11-01T12:00:00Z"));
  rig.stripe.ledger.events.length = 0;
  rig.stripe.calls.length = 0;
});

const events = () => rig.services.owner.selectFrom("billingEvents").selectAll().orderBy("id").execute();

async function growPaying(price = prices.pro) {
  const customer = await rig.growCustomer();
  const subscription = rig.stripe.ledger.subscribe(customer.customerId, price);
  await rig.takeAll();
  return { ...customer, subscription };
}

/** The same payments, one method done otherwise. */
function paymentsWith(changes: Partial<Payments>): Payments {
  const { payments } = rig.services;
  if (!payments) throw new Error("billing is off");
  return new Proxy(payments, {
    get: (real, name) => {
      const value = changes[name as keyof Payments] ?? real[name as keyof Payments];
      return value.bind(real);
    },
  });
}

describe("an event that cannot be settled", () => {
  it("about a customer of another account is put aside, and Stripe is asked about it once", async () => {
    const foreign: Thing = { id: "sub_foreign", object: "subscription", customer: "cus_ofAnotherAccount" };
    await rig.deliver(rig.stripe.sign(rig.stripe.ledger.tellOf("customer.subscription.updated", foreign)));
    await rig.settleRung();
    expect(await events()).toMatchObject([{ status: "ignored", lastError: expect.stringContaining("belongs to no workspace") }]);
    expect(rig.stripe.calls).toEqual(["GET /v1/customers/cus_ofAnotherAccount"]);
  });

  it("about a charge of another account falls back to its customer", async () => {
    const { customerId } = await growPaying();
    const charge: Thing = { id: "ch_foreign", object: "charge", customer: customerId };
    const event = rig.stripe.ledger.tellOf("charge.refunded", charge);
    await rig.takeAll();
    expect((await events()).find(({ id }) => id === event.id)).toMatchObject({ status: "settled" });
  });

  it("is asked about less and less often, and does not keep others waiting", async () => {
    const { customerId } = await growPaying();
    const lost = rig.stripe.ledger.tellOf("customer.subscription.updated", {
      id: "sub_1",
      object: "subscription",
      customer: customerId,
    });
    rig.stripe.ledger.events.length = 0;
    await rig.deliver(rig.stripe.sign(lost));
    const payments = paymentsWith({ readCustomer: () => Promise.reject(new AppError("INTERNAL", "away")) });
    const tries: number[] = [];
    for (let minute = 0; minute < 120; minute += 1) {
      for (const ring of rig.services.queue.rung.splice(0)) {
        tries.push(minute);
        await settleEvent({ ...rig.services, payments }, ring.payload as { eventId: string }).catch(() => undefined);
      }
      rig.services.clock.advance(60_000);
      await sweepBilling(rig.services);
    }
    expect(tries.length).toBeGreaterThan(3);
    expect(tries.length).toBeLessThan(16);
    rig.services.clock.advance(dayMs / 4);
    await sweepBilling(rig.services);
    await rig.settleRung();
    expect((await events()).find(({ id }) => id === lost.id)).toMatchObject({ status: "settled" });
  }, 120_000);
});

describe("an event that comes in while Stripe is being asked", () => {
  it("is looked into by itself, however late the clock runs of the process that took it in", async () => {
    const { workspaceId, customerId, subscription } = await growPaying(prices.starter);
    rig.stripe.ledger.change(subscription.id, {});
    const [first] = rig.stripe.ledger.events.splice(0);
    if (!first) throw new Error("the stand-in told nothing");
    await rig.deliver(rig.stripe.sign(first));
    const payments = paymentsWith({
      readCustomer: async (id) => {
        const state = await (rig.services.payments as Payments).readCustomer(id);
        rig.stripe.ledger.changePrice(subscription.id, prices.pro);
        for (const event of rig.stripe.ledger.events.splice(0)) await rig.deliver(rig.stripe.sign(event));
        const late = new Date(rig.services.clock.now().getTime() - 60_000);
        await rig.services.owner
          .updateTable("billingEvents")
          .set({ receivedAt: late })
          .where("customerId", "=", customerId)
          .execute();
        return state;
      },
    });
    rig.services.queue.rung.length = 0;
    await settleEvent({ ...rig.services, payments }, { eventId: first.id });
    expect(await rig.tierOf(workspaceId)).toBe("starter");
    await rig.settleRung();
    expect(await rig.tierOf(workspaceId)).toBe("pro");
  });
});

describe("a dispute", () => {
  it("read early and written late does not undo what was learned meanwhile", async () => {
    const { customerId } = await growPaying();
    const [charge] = rig.stripe.ledger.list("charge", (one) => one["customer"] === customerId);
    rig.stripe.ledger.dispute(charge?.id ?? "");
    const [opened] = rig.stripe.ledger.events.splice(0);
    const [dispute] = rig.stripe.ledger.list("dispute", (one) => one["charge"] === charge?.id);
    if (!opened || !dispute) throw new Error("the stand-in told nothing");
    const won = rig.stripe.ledger.tellOf("charge.dispute.closed", dispute);
    rig.stripe.ledger.events.length = 0;
    for (const event of [opened, won]) await rig.deliver(rig.stripe.sign(event));
    rig.services.queue.rung.length = 0;
    const payments = paymentsWith({
      readCharge: async (id): Promise<ChargeState | null> => {
        const early = await (rig.services.payments as Payments).readCharge(id);
        dispute["status"] = "won";
        await settleEvent(rig.services, { eventId: won.id });
        return early;
      },
    });
    await settleEvent({ ...rig.services, payments }, { eventId: opened.id });
    const record = rig.services.owner.selectFrom("billingRecords").select("status").where("kind", "=", "dispute");
    expect(await record.executeTakeFirst()).toEqual({ status: "won" });
  });
});

describe("the sweep", () => {
  it("comes to every account, though Stripe cannot answer for a whole round of others", async () => {
    const { workspaceId, subscription } = await growPaying();
    const broken = Array.from({ length: 25 }, (_, place) => ({
      workspaceId: `wks_broken${place}`,
      customerId: `cus_broken${place}`,
    }));
    const workspaces = broken.map(({ workspaceId: id }) => ({ id, name: "Broken" }));
    await rig.services.owner.insertInto("workspaces").values(workspaces).execute();
    await rig.services.owner.insertInto("billingAccounts").values(broken).execute();
    rig.stripe.ledger.change(subscription.id, { status: "canceled" });
    rig.stripe.ledger.events.length = 0;
    rig.services.clock.advance(dayMs + 1_000);
    for (let round = 0; round < 3; round += 1) {
      await sweepBilling(rig.services).catch(() => undefined);
      rig.services.clock.advance(30_000);
    }
    expect(await rig.tierOf(workspaceId)).toBe("free");
  });

  it("ends the grace of one though that of another cannot be ended, and says that it failed", async () => {
    const [one, two] = [await growPaying(), await growPaying()];
    for (const { subscription } of [one, two]) rig.stripe.ledger.failPayment(subscription.id);
    await rig.takeAll();
    rig.services.clock.advance(15 * dayMs);
    const { email } = one.tenant.user;
    const mailer = Object.create(rig.services.mailer, {
      send: {
        value: (...about: Parameters<typeof rig.services.mailer.send>) =>
          about[1].to === email ? Promise.reject(new Error("no letter")) : rig.services.mailer.send(...about),
      },
    });
    await expect(sweepBilling({ ...rig.services, mailer })).rejects.toThrow();
    expect([await rig.tierOf(one.workspaceId), await rig.tierOf(two.workspaceId)]).toEqual(["pro", "free"]);
  });
});

describe("the plans page", () => {
  it("reloaded by anybody, as often as they like, asks Stripe no more often, and does not wait for it", async () => {
    const { tenant } = await rig.growCustomer();
    rig.stripe.ledger.things.delete(prices.proYear);
    const pricesAsked = () => rig.stripe.calls.filter((call) => call.startsWith("GET /v1/prices")).length;
    await Promise.all(Array.from({ length: 10 }, () => readBilling(rig.services, tenant.scope)));
    for (let load = 0; load < 10; load += 1) await readBilling(rig.services, tenant.scope);
    rig.stripe.ledger.addPrice(prices.proYear, { interval: "year", unitAmount: 99_000 });
    expect(pricesAsked()).toBe(3);
  });
});

describe("a subscription of something else", () => {
  it("that the same customer pays for takes no plan away", async () => {
    const { workspaceId, customerId, subscription } = await growPaying();
    rig.stripe.ledger.failPayment(subscription.id);
    rig.stripe.ledger.subscribe(customerId, prices.strange);
    await rig.takeAll();
    expect(await rig.tierOf(workspaceId)).toBe("pro");
  });
});
