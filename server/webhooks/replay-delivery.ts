// Sends an event once more: the same id and text under a fresh signature, so that a receiver that knows it already can tell.
import { answerInWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { beginDelivery } from "./begin-delivery";
import { findDelivery } from "./deliveries.queries";
import type { DeliveryBegun } from "./webhooks.contract";

/** Rejects with `CONFLICT` while the delivery is under way, or its endpoint is off. */
export function replayDelivery(
  needs: Pick<Services, "db" | "clock" | "queue">,
  scope: WorkspaceScope,
  input: { deliveryId: string },
): Promise<DeliveryBegun> {
  const [deliveryId, createdAt] = [newId("webhookDelivery"), needs.clock.now()];
  return answerInWorkspace(needs.db, scope, async (tx) => {
    const earlier = await findDelivery(tx, scope, input.deliveryId);
    if (!earlier) throw notFound("delivery");
    if (earlier.status === "queued") throw underWay();
    const { endpointId, eventId, eventType, payload } = earlier;
    const event = { endpointId, eventId, eventType, payload, replayOf: earlier.id };
    await beginDelivery(needs, tx, scope, { id: deliveryId, ...event, createdAt });
    await recordAudit(tx, scope, {
      action: "webhook.replay",
      targetKind: "webhook",
      targetId: endpointId,
      metadata: { eventId, eventType },
    });
    return { deliveryId };
  });
}

function underWay(): AppError {
  return new AppError("CONFLICT", "This delivery is still tried. Wait until it is settled.", {
    details: { reason: "delivery_under_way" },
  });
}
