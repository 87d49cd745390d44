// An address may hold its receiver's secret: it lies sealed in its row, nobody reads it again, and events arrive there all the same (MISSION F1, F2).
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { inTransaction } from "~/db/transaction";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { resetReceiver, startWebhookReceiver, type WebhookReceiver } from "~/server/testing/webhook-receiver";
import { announceEvent } from "./announce-event";
import { approveHost } from "./approve-host";
import { createWebhook } from "./create-webhook";
import { deliverWebhook } from "./deliver-webhook";
import { getWebhook } from "./get-webhook";
import { listWebhooks } from "./list-webhooks";
import { maskWebhookUrl } from "./mask-webhook-url";
import { sealPlainAddresses } from "./seal-plain-addresses";

const secretPath = "/services/T0CANARY/B0CANARY/abcdefghijklmnop?token=canarycanary";
let receiver: WebhookReceiver;
let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;

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
  tenant = await createTestTenant(services);
  await approveHost(services, tenant.scope, { host: receiver.host });
});

const urlOf = (path: string) => `https://${receiver.host}${path}`;
const create = (path: string) =>
  createWebhook(services, tenant.scope, { url: urlOf(path), description: "", events: ["budget.reached"] });

/** Where the event arrived. */
async function announced(): Promise<string[]> {
  services.queue.rung.length = 0;
  const event = { workspaceId: tenant.workspace.id, type: "budget.reached" as const, facts: { percent: 80 } };
  await inTransaction(services.across, (tx) => announceEvent(services, tx, event));
  const rung = services.queue.rung.filter(({ name }) => name === "webhook-deliver");
  for (const { payload } of rung) await deliverWebhook(services, { deliveryId: payload["deliveryId"] ?? "" });
  return receiver.received.splice(0).map(({ path }) => path);
}

async function rowsAsText(): Promise<string> {
  const { rows } = await sql<{ text: string }>`select to_jsonb(e)::text as text from webhook_endpoints e`.execute(services.owner);
  return rows.map(({ text }) => text).join("\n");
}

/** As the release before wrote it. */
async function writtenInPlain(path: string): Promise<string> {
  const { endpointId } = await create(path);
  const plain = { url: urlOf(path), sealedUrl: null };
  await services.owner.updateTable("webhookEndpoints").set(plain).where("id", "=", endpointId).execute();
  return endpointId;
}

it("is shown masked, lies nowhere in plain, and is where events arrive", async () => {
  const { endpointId } = await create(secretPath);
  const [item, list] = [await getWebhook(services, tenant.scope, { endpointId }), await listWebhooks(services, tenant.scope)];
  expect(item.url).toBe(urlOf("/…nary"));
  expect(`${await rowsAsText()}${JSON.stringify([item, list])}`).not.toMatch(/CANARY|abcdef|token/);
  expect(await announced()).toEqual([secretPath]);
});

it("that the release before wrote in plain is used, then sealed by one of racing sweeps, and used on", async () => {
  const endpointId = await writtenInPlain(secretPath);
  expect(await announced()).toEqual([secretPath]);
  const sealed = await Promise.all([1, 2, 3].map(() => sealPlainAddresses(services)));
  expect(sealed.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(await rowsAsText()).not.toMatch(/CANARY|abcdef|token/);
  expect(await getWebhook(services, tenant.scope, { endpointId })).toMatchObject({ url: urlOf("/…nary") });
  expect(await announced()).toEqual([secretPath]);
  expect(await sealPlainAddresses(services)).toBe(0);
});

it("that is moved to another row does not open", async () => {
  const [one, other] = [await create("/one"), await create("/other")];
  const row = await services.owner
    .selectFrom("webhookEndpoints")
    .select("sealedUrl")
    .where("id", "=", one.endpointId)
    .executeTakeFirstOrThrow();
  await services.owner.updateTable("webhookEndpoints").set(row).where("id", "=", other.endpointId).execute();
  await expect(announced()).rejects.toThrow();
});

it("is not for the workspace's own statements to read", async () => {
  await create(secretPath);
  await expect(services.db.selectFrom("webhookEndpoints").select("sealedUrl").execute()).rejects.toThrow("permission denied");
});

it.each([
  ["https://hooks.example.com/", "https://hooks.example.com/"],
  ["https://hooks.example.com/webhost", "https://hooks.example.com/…"],
  ["https://hooks.example.com:8443/?key=1", "https://hooks.example.com:8443/…"],
  ["https://hooks.example.com/a-path-that-is-long-enough", "https://hooks.example.com/…ough"],
])("%s is shown as %s", (url, shown) => {
  expect(maskWebhookUrl(url)).toBe(shown);
});
