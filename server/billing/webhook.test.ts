// The webhook: only what Stripe signed for us just now counts, each event once, and nothing is lost between row and effect.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BillingRig, createBillingRig, deliveryOf, prices } from "~/server/testing/billing-rig";
import { EventIntake } from "./event-intake";
import { receiveEvent } from "./receive-event";
import { sweepBilling } from "./sweep-billing";

let rig: BillingRig;
beforeAll(async () => {
  rig = await createBillingRig();
});
afterAll(() => rig.dispose());
beforeEach(async () => {
  await rig.services.reset();
  rig.stripe.ledger.events.length = 0;
});

const anEvent = async () => {
  const { customerId } = await rig.growCustomer();
  rig.stripe.ledger.subscribe(customerId, prices.pro);
  const [event] = rig.stripe.ledger.events;
  if (!event) throw new Error("the stand-in told nothing");
  return event;
};

const events = () => rig.services.owner.selectFrom("billingEvents").selectAll().execute();
const secondsAgo = (seconds: number) => new Date(rig.services.clock.now().getTime() - seconds * 1_000);

describe("a signature", () => {
  it.each([
    [299, true],
    [300, true],
    [301, false],
    [-300, true],
    [-301, false],
  ])("made %s s ago: taken %s", async (age, isTaken) => {
    const delivery = rig.stripe.sign(await anEvent(), { at: secondsAgo(age) });
    const outcome = rig.deliver(delivery);
    if (isTaken) await expect(outcome).resolves.toEqual({ duplicate: false });
    else await expect(outcome).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(await events()).toHaveLength(isTaken ? 1 : 0);
  });

  it("by either of two active secrets holds, and says when each was last used", async () => {
    const event = await anEvent();
    const intake = new EventIntake(rig.services);
    await receiveEvent(intake, deliveryOf(rig.stripe.sign(event)));
    await receiveEvent(intake, deliveryOf(rig.stripe.sign({ ...event, id: "evt_older" }, { secret: rig.secrets.older })));
    expect(await events()).toHaveLength(2);
    const uses = await rig.services.owner.selectFrom("webhookSecretUses").selectAll().execute();
    expect(uses).toHaveLength(2);
    expect(JSON.stringify(uses)).not.toContain(rig.secrets.newer);
  });

  it("by another secret, over another body, or none at all is refused with one line in the log for each cause", async () => {
    const event = await anEvent();
    const good = rig.stripe.sign(event);
    const intake = new EventIntake(rig.services);
    const bad = [
      rig.stripe.sign(event, { secret: "whsec_somebody_elses_secret" }),
      { ...good, payload: good.payload.replace("active", "Active") },
      { ...good, signature: "" },
      { ...good, signature: "t=1,v1=00" },
      { ...good, signature: good.signature.replace("v1=", "v0=") },
    ];
    for (const delivery of [...bad, ...bad, ...bad]) {
      await expect(receiveEvent(intake, deliveryOf(delivery))).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    }
    expect(await events()).toEqual([]);
    const lines = await rig.services.owner
      .selectFrom("auditEntries")
      .select(["workspaceId", "metadata"])
      .where("action", "=", "billing.webhook_reject")
      .execute();
    expect(lines.map(({ workspaceId, metadata }) => [workspaceId, metadata["reason"]]).sort()).toEqual([
      ["platform", "bad_signature"],
      ["platform", "missing_signature"],
    ]);
  });
});

describe("an event", () => {
  it("delivered a hundred times at once has one effect", async () => {
    const { workspaceId, customerId } = await rig.growCustomer();
    rig.stripe.ledger.subscribe(customerId, prices.pro);
    const [event] = rig.stripe.ledger.events.splice(0);
    if (!event) throw new Error("the stand-in told nothing");
    const answers = await Promise.all(Array.from({ length: 100 }, () => rig.deliver(rig.stripe.sign(event))));
    expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    await rig.settleRung();
    expect(await rig.tierOf(workspaceId)).toBe("pro");
    const changes = await rig.services.owner
      .selectFrom("auditEntries")
      .select("id")
      .where("action", "=", "billing.plan_change")
      .execute();
    expect(changes).toHaveLength(1);
    expect(rig.services.mailer.sent.filter(({ subject }) => subject.includes("pro plan"))).toHaveLength(1);
  });

  it("whose process died between row and effect is settled by the sweep", async () => {
    const { workspaceId, customerId } = await rig.growCustomer();
    rig.stripe.ledger.subscribe(customerId, prices.starter);
    for (const event of rig.stripe.ledger.events.splice(0)) await rig.deliver(rig.stripe.sign(event));
    rig.services.queue.rung.length = 0;
    await sweepBilling(rig.services);
    expect(rig.services.queue.rung).toEqual([]);
    rig.services.clock.advance(10_000);
    await sweepBilling(rig.services);
    await rig.settleRung();
    expect(await rig.tierOf(workspaceId)).toBe("starter");
    expect((await events()).map(({ status }) => status)).toEqual(["settled", "settled", "settled"]);
  });

  it("stays pending while Stripe does not answer, and is settled afterwards", async () => {
    const { workspaceId, customerId } = await rig.growCustomer();
    rig.stripe.ledger.subscribe(customerId, prices.pro);
    rig.stripe.setDown(true);
    await expect(rig.takeAll()).rejects.toMatchObject({ code: "INTERNAL", retryable: true });
    rig.stripe.setDown(false);
    expect(new Set((await events()).map(({ status }) => status))).toEqual(new Set(["pending"]));
    expect(Math.max(...(await events()).map(({ attempts }) => attempts))).toBe(1);
    rig.services.clock.advance(10_000);
    await sweepBilling(rig.services);
    await rig.settleRung();
    expect(await rig.tierOf(workspaceId)).toBe("pro");
  });

  it("of an unknown type is stored and ignored", async () => {
    const event = await anEvent();
    await rig.deliver(rig.stripe.sign({ ...event, type: "teapot.boiled" }));
    await rig.settleRung();
    expect(await events()).toMatchObject([{ type: "teapot.boiled", status: "ignored" }]);
  });

  it("of another mode, or about a customer of another installation, changes nothing", async () => {
    const stranger = rig.stripe.ledger.add("cus", {
      object: "customer",
      metadata: { workspaceId: "wks_1", installation: "else" },
    });
    rig.stripe.ledger.subscribe(stranger.id, prices.pro);
    const [event] = rig.stripe.ledger.events;
    await rig.takeAll();
    if (event) await rig.deliver(rig.stripe.sign({ ...event, id: "evt_live", livemode: true }));
    expect(new Set((await events()).map(({ status }) => status))).toEqual(new Set(["ignored"]));
  });

  it("about a customer whose id we did not get to write down finds its workspace", async () => {
    const { workspaceId, customerId } = await rig.growCustomer();
    await rig.services.owner.updateTable("billingAccounts").set({ customerId: null }).execute();
    rig.stripe.ledger.subscribe(customerId, prices.pro);
    await rig.takeAll();
    expect(await rig.tierOf(workspaceId)).toBe("pro");
  });
});
