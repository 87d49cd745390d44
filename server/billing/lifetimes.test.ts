// What time does to billing: the letter before a trial ends, the end of a workspace, and of what law wanted kept of it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BillingRig, createBillingRig, prices } from "~/server/testing/billing-rig";
import { addTestMember, createTestUser } from "~/server/testing/factories";
import { openCheckout } from "./open-checkout";
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
});

const letters = (word: string) => rig.services.mailer.sent.filter(({ subject }) => subject.includes(word));

describe("a trial", () => {
  async function growTrial() {
    const customer = await rig.growCustomer();
    const subscription = rig.stripe.ledger.subscribe(customer.customerId, prices.pro, "trialing");
    await rig.takeAll();
    return { ...customer, subscription };
  }

  it("is told of to every owner three days before its end, once, by the sweep", async () => {
    const { workspaceId, tenant } = await growTrial();
    const partner = await createTestUser(rig.services);
    await addTestMember(rig.services, tenant.workspace, partner, "owner");
    await addTestMember(rig.services, tenant.workspace, await createTestUser(rig.services), "member");
    expect(await rig.tierOf(workspaceId)).toBe("pro");
    rig.services.clock.advance(11 * dayMs - 1_000);
    await sweepBilling(rig.services);
    expect(letters("trial")).toEqual([]);
    rig.services.clock.advance(1_000);
    await Promise.all([sweepBilling(rig.services), sweepBilling(rig.services)]);
    await sweepBilling(rig.services);
    expect(
      letters("ends on 15 November 2026")
        .map(({ to }) => to)
        .sort(),
    ).toEqual([tenant.user.email, partner.email].sort());
    expect(letters("trial")[0]?.text).toContain("charged to the payment method");
  });

  it("is told of by Stripe's own event, and not once more by the sweep", async () => {
    const { subscription } = await growTrial();
    rig.services.clock.advance(11 * dayMs);
    rig.stripe.ledger.tellOf("customer.subscription.trial_will_end", subscription);
    rig.stripe.ledger.tellOf("customer.subscription.trial_will_end", subscription);
    await rig.takeAll();
    await sweepBilling(rig.services);
    expect(letters("trial")).toHaveLength(1);
  });

  it("that is prolonged is told of again, with its new end; one that is cancelled says that nothing will be charged", async () => {
    const { subscription } = await growTrial();
    rig.services.clock.advance(12 * dayMs);
    await sweepBilling(rig.services);
    rig.stripe.ledger.change(subscription.id, {
      trial_end: Number(subscription.trial_end) + 14 * 86_400,
      cancel_at_period_end: true,
    });
    await rig.takeAll();
    expect(letters("trial")).toHaveLength(1);
    rig.services.clock.advance(14 * dayMs);
    await sweepBilling(rig.services);
    expect(letters("ends on 29 November 2026")).toHaveLength(1);
    expect(letters("trial")[1]?.text).toContain("nothing is charged");
  });

  it("that became a paid plan, or ended, is not told of", async () => {
    const [paid, ended] = [await growTrial(), await growTrial()];
    rig.stripe.ledger.change(paid.subscription.id, { status: "active" });
    rig.stripe.ledger.change(ended.subscription.id, { status: "canceled" });
    await rig.takeAll();
    rig.services.clock.advance(12 * dayMs);
    await sweepBilling(rig.services);
    expect(letters("trial of")).toEqual([]);
  });
});

describe("a workspace that is gone", () => {
  it("is charged for no longer: its subscriptions end at Stripe, and what could still be paid is closed", async () => {
    const { workspaceId, customerId, tenant } = await rig.growCustomer();
    const checkout = await openCheckout(rig.services, tenant.scope, { tier: "pro", interval: "month", currency: "usd" });
    const { id } = rig.stripe.ledger.subscribe(customerId, prices.pro);
    await rig.takeAll();
    await rig.services.owner.deleteFrom("workspaces").where("id", "=", workspaceId).execute();
    rig.stripe.setDown(true);
    rig.services.clock.advance(11 * 60_000);
    await sweepBilling(rig.services);
    expect(rig.stripe.ledger.get(id)["status"]).toBe("active");
    rig.stripe.setDown(false);
    rig.services.clock.advance(11 * 60_000);
    await Promise.all([sweepBilling(rig.services), sweepBilling(rig.services)]);
    expect(rig.stripe.ledger.get(id)["status"]).toBe("canceled");
    expect(rig.stripe.ledger.get(new URL(checkout.url).pathname.split("/").at(-1) ?? "")["status"]).toBe("expired");
    const asked = rig.stripe.calls.length;
    rig.services.clock.advance(11 * 60_000);
    await sweepBilling(rig.services);
    expect(rig.stripe.calls.length).toBe(asked);
  });
});

describe("after seven years", () => {
  const rows = async () => {
    const { owner } = rig.services;
    const [accounts, records, events, alerts] = await Promise.all([
      owner.selectFrom("billingAccounts").select("workspaceId").execute(),
      owner.selectFrom("billingRecords").select("id").execute(),
      owner.selectFrom("billingEvents").select("id").execute(),
      owner.selectFrom("spendAlerts").select("day").execute(),
    ]);
    return { accounts: accounts.length, records: records.length, events: events.length, alerts: alerts.length };
  };

  it("nothing is left of a workspace that is gone, and not a day earlier; one that lives keeps its account", async () => {
    rig.services.clock.set(new Date("2019-01-10T00:00:00Z"));
    const [gone, alive, empty] = [await rig.growCustomer(), await rig.growCustomer(), await rig.growCustomer()];
    for (const { customerId } of [gone, alive]) {
      const { id } = rig.stripe.ledger.subscribe(customerId, prices.pro);
      rig.stripe.ledger.change(id, { status: "canceled" });
    }
    await rig.takeAll();
    const alert = { day: "2019-01-10", spentUsd: 75, usualUsd: 1, createdAt: rig.services.clock.now() };
    await rig.services.owner
      .insertInto("spendAlerts")
      .values({ ...alert, workspaceId: alive.workspaceId })
      .execute();
    for (const { workspaceId } of [gone, empty]) {
      await rig.services.owner.deleteFrom("workspaces").where("id", "=", workspaceId).execute();
    }
    await sweepBilling(rig.services);
    expect(await rows()).toMatchObject({ accounts: 3, alerts: 1 });
    // Who never bought anything needs no seven years.
    rig.services.clock.advance(91 * dayMs);
    await sweepBilling(rig.services);
    expect(await rows()).toMatchObject({ accounts: 2, events: 0, alerts: 1 });
    rig.services.clock.set(new Date("2026-01-10T00:00:00Z"));
    await sweepBilling(rig.services);
    const kept = await rows();
    expect(kept).toMatchObject({ accounts: 2, alerts: 0 });
    expect(kept.records).toBeGreaterThanOrEqual(4);
    // Stripe still tells of the old invoices: the account of the one that lives is asked about daily.
    rig.services.clock.set(new Date("2026-01-12T00:00:00Z"));
    await sweepBilling(rig.services);
    expect(await rows()).toEqual({ accounts: 1, records: 0, events: 0, alerts: 0 });
    const [left] = await rig.services.owner.selectFrom("billingAccounts").select("workspaceId").execute();
    expect(left?.workspaceId).toBe(alive.workspaceId);
    rig.services.clock.advance(2 * dayMs);
    await sweepBilling(rig.services);
    expect(await rows()).toMatchObject({ accounts: 1, records: 0 });
  });
});
