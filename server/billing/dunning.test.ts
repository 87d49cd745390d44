// When a payment fails: grace, letters, the free plan, and everything back once it is paid. And what operators may do by hand.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BillingRig, createBillingRig, prices } from "~/server/testing/billing-rig";
import { createTestUser, principalOf } from "~/server/testing/factories";
import type { Subscription } from "~/server/testing/stripe-stand-in/ledger";
import { assignTier } from "./assign-tier";
import { openCheckout } from "./open-checkout";
import { openPortal } from "./open-portal";
import { overridePlan } from "./override-plan";
import { readBilling } from "./read-billing";
import { sweepBilling } from "./sweep-billing";
import { sweepSpend } from "./sweep-spend";

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

async function growPaying(price = prices.pro) {
  const customer = await rig.growCustomer();
  const subscription = rig.stripe.ledger.subscribe(customer.customerId, price);
  await rig.takeAll();
  rig.services.mailer.sent.length = 0;
  return { ...customer, subscription };
}

const subjects = () => rig.services.mailer.sent.map(({ subject }) => subject);
const by = async () => {
  const operator = await createTestUser(rig.services, { isSuperAdmin: true });
  return {
    operator: principalOf(operator, { isSuperAdmin: true }),
    visitor: { traceId: "trc_1", ipAddress: null, userAgent: null },
  };
};
const audited = async (action: string) =>
  (await rig.services.owner.selectFrom("auditEntries").select("workspaceId").where("action", "=", action).execute()).map(
    (entry) => entry.workspaceId,
  );

describe("a payment that fails", () => {
  it("changes nothing for the days of grace, then ends the plan, and brings it back once it is paid", async () => {
    const { workspaceId, subscription } = await growPaying();
    rig.stripe.ledger.failPayment(subscription.id);
    await rig.takeAll();
    expect(await rig.tierOf(workspaceId)).toBe("pro");
    expect(subjects()).toEqual([expect.stringContaining("failed")]);
    rig.services.clock.advance(14 * dayMs - 1_000);
    await sweepBilling(rig.services);
    expect(await rig.tierOf(workspaceId)).toBe("pro");
    rig.services.clock.advance(2_000);
    await Promise.all([sweepBilling(rig.services), sweepBilling(rig.services)]);
    expect(await rig.tierOf(workspaceId)).toBe("free");
    expect(subjects().slice(1)).toEqual([expect.stringContaining("free plan")]);
    rig.stripe.ledger.recover(subscription.id);
    await rig.takeAll();
    expect(await rig.tierOf(workspaceId)).toBe("pro");
    expect(subjects().slice(2)).toEqual([expect.stringContaining("went through"), expect.stringContaining("pro plan")]);
  });

  it("is noticed without any webhook within a day", async () => {
    const { workspaceId, subscription } = await growPaying();
    rig.stripe.ledger.change(subscription.id, { status: "canceled" });
    rig.stripe.ledger.events.length = 0;
    rig.services.clock.advance(dayMs + 1_000);
    await sweepBilling(rig.services);
    expect(await rig.tierOf(workspaceId)).toBe("free");
  });
});

describe("a price", () => {
  it("that the configuration does not name leaves the plan as it was, and says so", async () => {
    const { workspaceId, subscription } = await growPaying();
    rig.stripe.ledger.changePrice(subscription.id, prices.strange);
    await rig.takeAll();
    expect(await rig.tierOf(workspaceId)).toBe("pro");
    expect(await audited("billing.unknown_price")).toEqual([workspaceId]);
  });

  it("whose amount is changed at Stripe changes no plan", async () => {
    const { workspaceId, subscription } = await growPaying();
    rig.stripe.ledger.get<Subscription>(subscription.id).items.data[0].price.unit_amount = 1;
    rig.stripe.ledger.change(subscription.id, {});
    await rig.takeAll();
    expect(await rig.tierOf(workspaceId)).toBe("pro");
  });
});

describe("a customer deleted at Stripe", () => {
  it("loses the plan, and the next checkout makes a new one", async () => {
    const { workspaceId, customerId, tenant } = await growPaying();
    rig.stripe.ledger.deleteCustomer(customerId);
    await rig.takeAll();
    expect(await rig.tierOf(workspaceId)).toBe("free");
    await openCheckout(rig.services, tenant.scope, { tier: "pro", interval: "month", currency: "usd" });
    const account = await rig.services.owner.selectFrom("billingAccounts").select("customerId").executeTakeFirstOrThrow();
    expect(account.customerId).not.toBe(customerId);
  });
});

describe("a checkout", () => {
  it("clicked twice opens one session for one customer, changes nothing, and is in the log", async () => {
    const { workspaceId, tenant } = await rig.growCustomer();
    const wish = { tier: "starter", interval: "month", currency: "usd" } as const;
    const [one, two] = await Promise.all([
      openCheckout(rig.services, tenant.scope, wish),
      openCheckout(rig.services, tenant.scope, wish),
    ]);
    expect(one.url).toBe(two?.url);
    expect(await rig.tierOf(workspaceId)).toBe("free");
    expect(await audited("billing.checkout")).toContain(workspaceId);
  });

  it("is refused where there is a subscription, where there is no such price, and the portal where nothing was bought", async () => {
    const { tenant } = await growPaying();
    const wish = { tier: "starter", interval: "month", currency: "usd" } as const;
    await expect(openCheckout(rig.services, tenant.scope, wish)).rejects.toMatchObject({
      details: { reason: "already_subscribed" },
    });
    expect((await openPortal(rig.services, tenant.scope)).url).toContain("/p/session/");
    await expect(openCheckout(rig.services, tenant.scope, { ...wish, currency: "eur" })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
  });
});

describe("an operator", () => {
  it("gives a plan that holds beside what is paid for, and takes it back; both chains tell", async () => {
    const { workspaceId, subscription } = await growPaying(prices.starter);
    const operator = await by();
    await assignTier(rig.services, operator, { workspaceId, tier: "enterprise", reason: "a contract" });
    expect(await rig.tierOf(workspaceId)).toBe("enterprise");
    rig.stripe.ledger.change(subscription.id, { status: "canceled" });
    await rig.takeAll();
    expect(await rig.tierOf(workspaceId)).toBe("enterprise");
    await assignTier(rig.services, operator, { workspaceId, tier: "free", reason: "it ended" });
    expect(await rig.tierOf(workspaceId)).toBe("free");
    expect((await audited("billing.plan_assign")).sort()).toEqual(["platform", "platform", workspaceId, workspaceId]);
  });

  it("changes single limits of one workspace, and takes them back", async () => {
    const { workspaceId, tenant } = await rig.growCustomer();
    const operator = await by();
    await overridePlan(rig.services, operator, { workspaceId, changes: { agentsMax: 3 }, reason: "a trial" });
    const changed = await readBilling(rig.services, tenant.scope);
    expect([changed.plan.agentsMax, changed.isChanged, changed.tier]).toEqual([3, true, "free"]);
    await overridePlan(rig.services, operator, { workspaceId, changes: null, reason: "over" });
    expect((await readBilling(rig.services, tenant.scope)).isChanged).toBe(false);
  });

  it("is told of a dispute and of unusual spend once, and refunds are kept", async () => {
    await by();
    const { workspaceId } = await growPaying();
    const [charge] = rig.stripe.ledger.list("charge", () => true);
    rig.stripe.ledger.refund(charge?.id ?? "");
    rig.stripe.ledger.dispute(charge?.id ?? "");
    rig.stripe.ledger.tellOf(
      "charge.dispute.updated",
      rig.stripe.ledger.list("dispute", () => true)[0] ?? { id: "", object: "" },
    );
    await rig.takeAll();
    expect(subjects().filter((subject) => subject.includes("disputed"))).toHaveLength(1);
    const kinds = await rig.services.owner
      .selectFrom("billingRecords")
      .select("kind")
      .where("workspaceId", "=", workspaceId)
      .execute();
    expect(kinds.map(({ kind }) => kind).sort()).toEqual(["dispute", "invoice", "refund", "subscription"]);
    const hour = new Date("2026-11-01T10:00:00Z");
    const counts = { requests: 1, llmTokens: 1, computeMs: 1, toolCalls: 0, errors: 0, events: 1, costUsdEstimated: 75 };
    const place = { workspaceId, agentId: "agt_1", deploymentId: "dep_1", runtimeProvider: "embedded" as const, hour };
    await rig.services.owner
      .insertInto("usageHours")
      .values({ ...place, ...counts })
      .execute();
    await sweepSpend(rig.services);
    await Promise.all([sweepSpend(rig.services), sweepSpend(rig.services)]);
    expect(subjects().filter((subject) => subject.startsWith("Unusual spend"))).toHaveLength(1);
  });
});

describe("a record", () => {
  it("outlives its workspace, cannot be deleted before seven years, and goes after them", async () => {
    const { workspaceId } = await growPaying();
    await rig.services.owner.deleteFrom("workspaces").where("id", "=", workspaceId).execute();
    const records = () => rig.services.owner.selectFrom("billingRecords").select("id").execute();
    expect((await records()).length).toBeGreaterThan(1);
    await expect(rig.services.across.deleteFrom("billingRecords").execute()).rejects.toThrow("is kept until");
    await rig.services.owner
      .updateTable("billingRecords")
      .set({ occurredAt: new Date("2019-01-01T00:00:00Z") })
      .execute();
    await sweepBilling(rig.services);
    expect(await records()).toEqual([]);
  });
});
