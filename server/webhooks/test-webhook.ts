// Sends an endpoint a test event, on the same way as every other: signed, tried again, and in the delivery log.
import { answerInWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { beginDelivery } from "./begin-delivery";
import { eventPayload } from "./event-payload";
import type { DeliveryBegun } from "./webhooks.contract";

export function testWebhook(
  needs: Pick<Services, "db" | "clock" | "queue">,
  scope: WorkspaceScope,
  { endpointId }: { endpointId: string },
): Promise<DeliveryBegun> {
  const [deliveryId, at] = [newId("webhookDelivery"), needs.clock.now()];
  const { workspaceId } = scope;
  const payload = eventPayload({ type: "webhook.test", at, workspaceId, facts: { endpointId } });
  return answerInWorkspace(needs.db, scope, async (tx) => {
    await beginDelivery(needs, tx, scope, {
      id: deliveryId,
      endpointId,
      eventId: newId("webhookEvent"),
      eventType: "webhook.test",
      payload,
      replayOf: null,
      createdAt: at,
    });
    await recordAudit(tx, scope, { action: "webhook.test", targetKind: "webhook", targetId: endpointId });
    return { deliveryId };
  });
}
