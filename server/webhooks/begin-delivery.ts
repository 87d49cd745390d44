// Puts one more delivery of an endpoint on its way: what a test and a replay have in common.
import { afterCommit } from "~/db/after-commit";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { countQueued, insertDelivery, type NewDelivery } from "./deliveries.queries";
import { deliverWebhookJob } from "./webhooks.jobs";
import { findEndpoint } from "./webhooks.queries";

/** So many may wait for one endpoint, before more are asked for by hand. */
const queuedMax = 20;

/** Rejects with `CONFLICT` when the endpoint is off, or many wait for it already. */
export async function beginDelivery(
  needs: Pick<Services, "queue">,
  tx: Tx,
  scope: WorkspaceScope,
  delivery: NewDelivery,
): Promise<void> {
  const endpoint = await findEndpoint(tx, scope, delivery.endpointId);
  if (!endpoint) throw notFound("webhook");
  if (endpoint.disabledAt) throw isOff();
  if ((await countQueued(tx, scope, delivery.endpointId)) >= queuedMax) throw tooMany();
  await insertDelivery(tx, scope, delivery);
  afterCommit(tx, () => needs.queue.ring(deliverWebhookJob, { deliveryId: delivery.id }));
}

function isOff(): AppError {
  return new AppError("CONFLICT", "This webhook is off. Switch it on first.", { details: { reason: "webhook_off" } });
}

function tooMany(): AppError {
  return new AppError("CONFLICT", "Many deliveries wait for this webhook already. Look whether its receiver answers.", {
    details: { reason: "webhook_queue_full" },
  });
}
