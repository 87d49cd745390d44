// A webhook with two secrets and a delivery that was settled, for whoever needs its ids. Nothing is sent anywhere.
import type { WorkspaceScope } from "~/server/auth/scope";
import { grownHost, walkedSlackHost } from "~/server/isolation/named-ids";
import { addWebhookSecret } from "~/server/webhooks/add-webhook-secret";
import { approveHost } from "~/server/webhooks/approve-host";
import { createWebhook } from "~/server/webhooks/create-webhook";
import { listDeliveries } from "~/server/webhooks/list-deliveries";
import { listWebhooks } from "~/server/webhooks/list-webhooks";
import { testWebhook } from "~/server/webhooks/test-webhook";
import type { TestServices } from "./test-services";

/** The one that stands there, when many share the workspace. */
export async function growWebhook(services: TestServices, scope: WorkspaceScope): Promise<WebhookIds> {
  const standing = await findStanding(services, scope);
  return standing ?? makeWebhook(services, scope);
}

type WebhookIds = { webhookId: string; webhookSecretId: string; deliveryId: string };

async function findStanding(services: TestServices, scope: WorkspaceScope): Promise<WebhookIds | null> {
  const [item] = (await listWebhooks(services, scope)).items;
  if (!item) return null;
  const { endpointId } = item;
  const [delivery] = (await listDeliveries(services, scope, { endpointId, limit: 1 })).items;
  return {
    webhookId: endpointId,
    webhookSecretId: item.secrets[0]?.secretId ?? "",
    deliveryId: delivery?.deliveryId ?? "",
  };
}

async function makeWebhook(services: TestServices, scope: WorkspaceScope): Promise<WebhookIds> {
  for (const host of [grownHost, walkedSlackHost]) await approveHost(services, scope, { host });
  const { endpointId: webhookId, secretId: webhookSecretId } = await createWebhook(services, scope, {
    url: `https://${grownHost}/walked`,
    description: "",
    events: ["budget.reached"],
  });
  await addWebhookSecret(services, scope, { endpointId: webhookId });
  const { deliveryId } = await testWebhook(services, scope, { endpointId: webhookId });
  await services.owner
    .updateTable("webhookDeliveries")
    .set({ status: "delivered", nextAttemptAt: null, settledAt: services.clock.now() })
    .where("id", "=", deliveryId)
    .execute();
  return { webhookId, webhookSecretId, deliveryId };
}
