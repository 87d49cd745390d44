// A workspace is sold one subscription, whoever clicks what at the same moment; and nobody is led anywhere but to Stripe.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CheckoutWish, Payments } from "~/server/payments/payments";
import { type BillingRig, createBillingRig } from "~/server/testing/billing-rig";
import { answerPage } from "~/server/testing/stripe-stand-in/hosted-pages";
import { openCheckout } from "./open-checkout";

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

const starter = { tier: "starter", interval: "month", currency: "usd" } as const;
const pro = { tier: "pro", interval: "month", currency: "usd" } as const;

const pay = (url: string) => answerPage(rig.stripe.ledger, "POST", new URL(url).pathname, { card: "4242424242424242" })?.status;
const subscriptionsOf = (customerId: string) =>
  rig.stripe.ledger.list(
    "subscription",
    ({ customer }: { id: string; object: string; customer?: unknown }) => customer === customerId,
  );

describe("two checkouts", () => {
  it("opened one after the other: only the last can be paid", async () => {
    const { tenant, customerId } = await rig.growCustomer();
    const first = await openCheckout(rig.services, tenant.scope, starter);
    const second = await openCheckout(rig.services, tenant.scope, pro);
    expect([pay(first.url), pay(second.url)]).toEqual([410, 303]);
    expect(subscriptionsOf(customerId)).toHaveLength(1);
  });

  it("racing for different plans: at most one can be paid, and whoever lost is told to try again", async () => {
    const { tenant, customerId } = await rig.growCustomer();
    const wishes = [starter, pro, { ...pro, interval: "year" } as const, starter, pro];
    const opened = await Promise.allSettled(wishes.map((wish) => openCheckout(rig.services, tenant.scope, wish)));
    const paid = opened.map((answer) => (answer.status === "fulfilled" ? pay(answer.value.url) : answer.reason.code));
    expect(paid.filter((status) => status === 303)).toHaveLength(1);
    expect(paid.filter((status) => ![303, 410, "CONFLICT"].includes(status))).toEqual([]);
    expect(subscriptionsOf(customerId)).toHaveLength(1);
  });

  it("an earlier one gone back to after another was looked at can be paid", async () => {
    const { tenant } = await rig.growCustomer();
    await openCheckout(rig.services, tenant.scope, starter);
    await openCheckout(rig.services, tenant.scope, pro);
    const again = await openCheckout(rig.services, tenant.scope, starter);
    expect(pay(again.url)).toBe(303);
  });

  it("the second is refused once the first was paid, though no word of it came yet", async () => {
    const { tenant } = await rig.growCustomer();
    const { url } = await openCheckout(rig.services, tenant.scope, starter);
    expect(pay(url)).toBe(303);
    rig.stripe.ledger.events.length = 0;
    await expect(openCheckout(rig.services, tenant.scope, pro)).rejects.toMatchObject({
      code: "CONFLICT",
      details: { reason: "already_subscribed" },
    });
  });

  it("the first paid at the very moment when the second is opened: the second cannot be paid", async () => {
    const { tenant, customerId } = await rig.growCustomer();
    const first = await openCheckout(rig.services, tenant.scope, starter);
    const payments = Object.create(rig.services.payments, {
      openCheckout: {
        value: (wish: CheckoutWish) => {
          pay(first.url);
          return (rig.services.payments as Payments).openCheckout(wish);
        },
      },
    });
    const second = await openCheckout({ ...rig.services, payments }, tenant.scope, pro).catch((error) => error);
    expect("url" in second ? pay(second.url) : second.code).not.toBe(303);
    expect(subscriptionsOf(customerId)).toHaveLength(1);
  });
});

describe("a customer", () => {
  it("is made though the workspace got another name since the first try was cut off", async () => {
    const { tenant, workspaceId } = await rig.growCustomer();
    await rig.services.owner
      .updateTable("billingAccounts")
      .set({ customerId: null })
      .where("workspaceId", "=", workspaceId)
      .execute();
    await rig.services.owner.updateTable("workspaces").set({ name: "Another name" }).where("id", "=", workspaceId).execute();
    expect((await openCheckout(rig.services, tenant.scope, starter)).url).toContain("/c/pay/");
  });
});

describe("the way to Stripe", () => {
  it("leads to https only", async () => {
    const { tenant } = await rig.growCustomer();
    const add = rig.stripe.ledger.add.bind(rig.stripe.ledger);
    const spoiled = (prefix: string, fields: never) =>
      Object.defineProperty(add(prefix, fields), "url", {
        get: () => "javascript:alert(1)",
        set: () => undefined,
        enumerable: true,
      });
    rig.stripe.ledger.add = spoiled as never;
    try {
      await expect(openCheckout(rig.services, tenant.scope, starter)).rejects.toMatchObject({ code: "INTERNAL" });
    } finally {
      rig.stripe.ledger.add = add;
    }
  });
});
