// An event that was committed arrives, signed, at those who asked for it and nowhere else, however often workers die or receivers fail.
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inTransaction } from "~/db/transaction";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { resetReceiver, startWebhookReceiver, type WebhookReceiver } from "~/server/testing/webhook-receiver";
import { addWebhookSecret } from "./add-webhook-secret";
import { type AnnouncedEvent, announceEvent } from "./announce-event";
import { approveHost } from "./approve-host";
import { createWebhook } from "./create-webhook";
import { deliverWebhook, webhookRetryDelaysMs } from "./deliver-webhook";
import { getWebhook } from "./get-webhook";
import { listDeliveries } from "./list-deliveries";
import { removeWebhookSecret } from "./remove-webhook-secret";
import { replayDelivery } from "./replay-delivery";
import { sweepWebhooks } from "./sweep-webhooks";
import { switchWebhook } from "./switch-webhook";
import { testWebhook } from "./test-webhook";
import { withdrawHost } from "./withdraw-host";

const [secondMs, dayMs] = [1_000, 86_400_000];
let receiver: WebhookReceiver;
let services: TestServices;
let scope: Awaited<ReturnType<typeof createTestTenant>>["scope"];
let owner: { email: string };
let made: Awaited<ReturnType<typeof createWebhook>>;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  services = await createTestServices({ config: { network: receiver.network } });
});
afterAll(async () => {
  await services.dispose();
  await receiver.close();
});
beforeEach(async () => {
  await services.reset();
  resetReceiver(receiver);
  services.clock.set(new Date());
  const tenant = await createTestTenant(services);
  [scope, owner] = [tenant.scope, tenant.user];
  await approveHost(services, scope, { host: receiver.host });
  made = await createWebhook(services, scope, { url: urlOf("/in"), description: "", events: ["budget.reached"] });
});

const urlOf = (path: string) => `https://${receiver.host}${path}`;
const rungDeliveries = () => services.queue.rung.filter(({ name }) => name === "webhook-deliver");

function announce(event: Partial<AnnouncedEvent> = {}): Promise<void> {
  const budget = { workspaceId: scope.workspaceId, type: "budget.reached" as const, facts: { percent: 80 } };
  return inTransaction(services.across, (tx) => announceEvent(services, tx, { ...budget, ...event }));
}

/** Does what was rung for, as the worker would. */
async function deliverRung(): Promise<void> {
  const payloads = rungDeliveries().map(({ payload }) => ({ deliveryId: payload["deliveryId"] ?? "" }));
  services.queue.rung.length = 0;
  for (const payload of payloads) await deliverWebhook(services, payload);
}

async function sweepAndDeliver(): Promise<void> {
  services.queue.rung.length = 0;
  await sweepWebhooks(services);
  await deliverRung();
}

const log = async (endpointId = made.endpointId) => (await listDeliveries(services, scope, { endpointId, limit: 25 })).items;
const endpoint = () => getWebhook(services, scope, made);
const verify = (secret: string, nth = 0) => {
  const { body, headers } = receiver.received[nth] ?? { body: "", headers: {} };
  return new Webhook(secret).verify(body, headers as Record<string, string>);
};

describe("an event", () => {
  it("arrives signed by every secret of the endpoint, as the library of Standard Webhooks verifies it", async () => {
    const second = await addWebhookSecret(services, scope, made);
    await announce();
    await deliverRung();
    const said = { type: "budget.reached", data: { workspaceId: scope.workspaceId, percent: 80 } };
    expect(verify(made.secret)).toMatchObject(said);
    expect(verify(second.secret)).toMatchObject(said);
    await removeWebhookSecret(services, scope, { ...made });
    await announce();
    await deliverRung();
    expect(() => verify(made.secret, 1)).toThrow("No matching signature");
    expect(verify(second.secret, 1)).toMatchObject(said);
    expect(await log()).toMatchObject([{ status: "delivered", answeredStatus: 204, attempts: 1 }, { status: "delivered" }]);
  });

  it("goes to those who asked for it, in its own workspace, and is not sent when its act was rolled back", async () => {
    await announce({ type: "deployment.failed" });
    await announce({ workspaceId: (await createTestTenant(services)).scope.workspaceId });
    const undone = inTransaction(services.across, async (tx) => {
      await announceEvent(services, tx, { workspaceId: scope.workspaceId, type: "budget.reached", facts: {} });
      throw new Error("rolled back");
    });
    await expect(undone).rejects.toThrow("rolled back");
    await sweepAndDeliver();
    expect(receiver.received).toEqual([]);
    expect(await log()).toEqual([]);
  });

  it("is sent once by five workers at once", async () => {
    await announce();
    const [payload] = rungDeliveries().map((ring) => ({ deliveryId: ring.payload["deliveryId"] ?? "" }));
    await Promise.all(Array.from({ length: 5 }, () => deliverWebhook(services, payload ?? { deliveryId: "" })));
    expect(receiver.received).toHaveLength(1);
  });

  it("is tried again at the times of the table, under the same id, until it is taken", async () => {
    receiver.answer = { status: 500 };
    await announce();
    await deliverRung();
    for (const delayMs of webhookRetryDelaysMs.slice(0, 3)) {
      services.clock.advance(delayMs - 1);
      await sweepAndDeliver();
      services.clock.advance(1);
      await sweepAndDeliver();
    }
    expect(receiver.received).toHaveLength(4);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(await log()).toMatchObject([{ status: "queued", attempts: 4, trouble: "refused_by_receiver", answeredStatus: 500 }]);
    receiver.answer = { status: 200 };
    services.clock.advance(webhookRetryDelaysMs[3] ?? 0);
    await sweepAndDeliver();
    expect(await log()).toMatchObject([{ status: "delivered", attempts: 5, trouble: null, nextAttemptAt: null }]);
    expect(await endpoint()).toMatchObject({ failingSince: null });
  });

  it("is given up after the last of the table's times", async () => {
    receiver.answer = { status: 500 };
    await announce();
    await deliverRung();
    for (const delayMs of webhookRetryDelaysMs) {
      services.clock.advance(delayMs);
      await sweepAndDeliver();
    }
    expect(receiver.received).toHaveLength(webhookRetryDelaysMs.length + 1);
    expect(await log()).toMatchObject([{ status: "failed", attempts: webhookRetryDelaysMs.length + 1 }]);
  });

  it("whose worker died as it sent is sent again when the turn is over, not before", async () => {
    await announce();
    const died = { now: services.clock.now(), leasedUntil: new Date(services.clock.now().getTime() + 60 * secondMs) };
    await services.owner.updateTable("webhookDeliveries").set({ attempts: 1, nextAttemptAt: died.leasedUntil }).execute();
    await sweepAndDeliver();
    expect(receiver.received).toHaveLength(0);
    services.clock.advance(60 * secondMs);
    await sweepAndDeliver();
    expect(receiver.received).toHaveLength(1);
    expect(await log()).toMatchObject([{ status: "delivered", attempts: 2 }]);
  });

  it("can be replayed: the same id and text, a fresh signature, a line of its own", async () => {
    await announce();
    await deliverRung();
    const [first] = await log();
    services.clock.advance(5 * secondMs);
    await replayDelivery(services, scope, { deliveryId: first?.deliveryId ?? "" });
    await deliverRung();
    const [one, other] = receiver.received;
    expect([other?.body, other?.headers["webhook-id"]]).toEqual([one?.body, one?.headers["webhook-id"]]);
    expect(other?.headers["webhook-signature"]).not.toBe(one?.headers["webhook-signature"]);
    expect(await log()).toMatchObject([{ isReplay: true }, { isReplay: false }]);
  });

  it("is forgotten after 30 days", async () => {
    await announce();
    await deliverRung();
    services.clock.advance(30 * dayMs - 1);
    await sweepWebhooks(services);
    expect(await log()).toHaveLength(1);
    services.clock.advance(2);
    await sweepWebhooks(services);
    expect(await log()).toEqual([]);
  });
});

describe("nothing is sent", () => {
  it("where a redirect leads", async () => {
    receiver.answer = { status: 307, headers: { location: urlOf("/elsewhere") } };
    await announce();
    await deliverRung();
    expect(receiver.received.map(({ path }) => path)).toEqual(["/in"]);
    expect(await log()).toMatchObject([{ status: "queued", trouble: "redirected", answeredStatus: 307 }]);
  });

  it("to a name that has come to lead inside, though it led outside when its host was approved", async () => {
    await announce();
    await deliverRung();
    for (const address of ["10.0.0.1", "169.254.169.254", "0.0.0.0"]) {
      receiver.addresses.push(address);
      await announce();
      await deliverRung();
      expect((await log())[0]).toMatchObject({ status: "queued", trouble: "address_refused" });
    }
    expect(receiver.received).toHaveLength(1);
  });

  it("to a host that is not approved, nor to one that was withdrawn while an event waited", async () => {
    const other = createWebhook(services, scope, {
      url: "https://other.example.com/",
      description: "",
      events: ["budget.reached"],
    });
    await expect(other).rejects.toMatchObject({ code: "INVALID_REQUEST", details: { reason: "webhook_host_not_approved" } });
    await announce();
    await withdrawHost(services, scope, { host: receiver.host });
    await deliverRung();
    expect(receiver.received).toEqual([]);
    expect(await log()).toMatchObject([{ status: "failed", trouble: "switched_off" }]);
    expect(await endpoint()).toMatchObject({ isOn: false, offReason: "host_withdrawn", isHostApproved: false });
    await expect(switchWebhook(services, scope, { ...made, isOn: true })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("where a host was withdrawn in the words that it was approved by, whatever its name is to a resolver", async () => {
    await approveHost(services, scope, { host: "bücher.example:443" });
    const url = "https://BÜCHER.example/in";
    const { endpointId } = await createWebhook(services, scope, { url, description: "", events: ["budget.reached"] });
    await withdrawHost(services, scope, { host: "bücher.example:443" });
    expect(await getWebhook(services, scope, { endpointId })).toMatchObject({ host: "xn--bcher-kva.example", isOn: false });
  });

  it("by an endpoint whose host's approval went though it stayed on: the delivery asks again", async () => {
    await announce();
    await services.owner.deleteFrom("webhookHosts").execute();
    await deliverRung();
    expect(receiver.received).toEqual([]);
    expect(await log()).toMatchObject([{ status: "failed", trouble: "host_not_approved" }]);
  });

  it("by one that is off, and no test of it either", async () => {
    await switchWebhook(services, scope, { ...made, isOn: false });
    await announce();
    await sweepAndDeliver();
    await expect(testWebhook(services, scope, made)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(receiver.received).toEqual([]);
    await switchWebhook(services, scope, { ...made, isOn: true });
    await testWebhook(services, scope, made);
    await deliverRung();
    expect(verify(made.secret)).toMatchObject({ type: "webhook.test" });
  });
});

describe("an endpoint", () => {
  it("that takes nothing for five days is switched off, with one letter, and one delivered event lets the days begin anew", async () => {
    const failOnce = async () => {
      receiver.answer = { status: 503 };
      await announce();
      await deliverRung();
    };
    await failOnce();
    services.clock.advance(4 * dayMs);
    receiver.answer = { status: 204 };
    await announce();
    await deliverRung();
    await failOnce();
    services.clock.advance(5 * dayMs - 1);
    await failOnce();
    expect(await endpoint()).toMatchObject({ isOn: true });
    services.clock.advance(1);
    await Promise.all([failOnce(), failOnce()]);
    expect(await endpoint()).toMatchObject({ isOn: false, offReason: "failing" });
    expect(services.mailer.sent.map(({ to }) => to)).toEqual([owner.email]);
  });

  it("that says it is gone is switched off at once", async () => {
    receiver.answer = { status: 410 };
    await announce();
    await deliverRung();
    expect(await endpoint()).toMatchObject({ isOn: false, offReason: "gone" });
    expect(await log()).toMatchObject([{ status: "failed", answeredStatus: 410 }]);
  });

  it("keeps its last secret, has three at most, and shows none again", async () => {
    await expect(removeWebhookSecret(services, scope, made)).rejects.toMatchObject({ code: "CONFLICT" });
    await addWebhookSecret(services, scope, made);
    await addWebhookSecret(services, scope, made);
    await expect(addWebhookSecret(services, scope, made)).rejects.toMatchObject({ code: "CONFLICT" });
    const seen = JSON.stringify(await endpoint());
    expect(seen).not.toContain(made.secret.slice(12));
    expect(seen).toContain(made.hint);
  });

  it("is of its own workspace only", async () => {
    const { scope: stranger } = await createTestTenant(services);
    for (const act of [getWebhook, testWebhook, addWebhookSecret] as const) {
      await expect(act(services, stranger, made)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
  });
});
