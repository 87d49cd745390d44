// Who waits for whom among deliveries: nobody for the receivers or the crowds of another workspace.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { inTransaction } from "~/db/transaction";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { resetReceiver, startWebhookReceiver, type WebhookReceiver } from "~/server/testing/webhook-receiver";
import { announceEvent } from "./announce-event";
import { approveHost } from "./approve-host";
import { createWebhook } from "./create-webhook";
import { deliverWebhook } from "./deliver-webhook";
import { listDeliveries } from "./list-deliveries";
import { sweepWebhooks } from "./sweep-webhooks";

const secondMs = 1_000;
type Listening = Awaited<ReturnType<typeof listen>>;
let receiver: WebhookReceiver;
let services: TestServices;
let mine: Listening;
let theirs: Listening;

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
  [mine, theirs] = [await listen("/mine"), await listen("/theirs")];
});

async function listen(path: string) {
  const { scope } = await createTestTenant(services);
  await approveHost(services, scope, { host: receiver.host });
  const url = `https://${receiver.host}${path}`;
  const { endpointId } = await createWebhook(services, scope, { url, description: "", events: ["budget.reached"] });
  return { scope, endpointId };
}

/** The deliveries that were rung for. */
async function announce({ scope: { workspaceId } }: Listening, times: number): Promise<{ deliveryId: string }[]> {
  services.queue.rung.length = 0;
  for (let nth = 0; nth < times; nth += 1) {
    await inTransaction(services.across, (tx) => announceEvent(services, tx, { workspaceId, type: "budget.reached", facts: {} }));
  }
  return rung();
}

function rung(): { deliveryId: string }[] {
  const rings = services.queue.rung.splice(0).filter(({ name }) => name === "webhook-deliver");
  return rings.map(({ payload }) => ({ deliveryId: payload["deliveryId"] ?? "" }));
}

const statusesOf = async ({ scope, endpointId }: Listening) =>
  (await listDeliveries(services, scope, { endpointId, limit: 25 })).items.map(({ status }) => status).sort();

describe("an event", () => {
  it("waits for no receiver of another workspace: of that one two are under way, and its others follow", async () => {
    const many = await announce(mine, 5);
    const [one = { deliveryId: "" }] = await announce(theirs, 1);
    receiver.answer = null;
    let over = 0;
    const slow = many.map(async (payload) => {
      await deliverWebhook(services, payload);
      over += 1;
    });
    await vi.waitFor(() => expect([over, receiver.received.length]).toEqual([3, 2]), { timeout: 30_000 });
    receiver.answer = { status: 204 };
    await deliverWebhook(services, one);
    expect(await statusesOf(theirs)).toEqual(["delivered"]);
    receiver.hangUp();
    await Promise.all(slow);
    for (let round = 0; round < 3; round += 1) for (const payload of rung()) await deliverWebhook(services, payload);
    expect(await statusesOf(mine)).toEqual(["delivered", "delivered", "delivered", "queued", "queued"]);
  });

  it("is not hidden from the sweep by the many of another workspace", async () => {
    await announce(mine, 30);
    services.clock.advance(secondMs);
    const [one] = await announce(theirs, 1);
    await sweepWebhooks(services);
    const found = rung();
    expect(found).toHaveLength(21);
    expect(found).toContainEqual(one);
  });
});
