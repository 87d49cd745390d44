// The delivery log of one endpoint, the newest first.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { invalidField, notFound } from "~/server/errors";
import { idOf } from "~/server/ids";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page } from "~/server/zod-shapes";
import { listDeliveryRows } from "./deliveries.queries";
import type { DeliveryItem, ListDeliveriesInput } from "./webhooks.contract";
import { findEndpoint } from "./webhooks.queries";

const cursorShape = idOf("webhookDelivery");

export async function listDeliveries(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  { endpointId, cursor, limit }: ListDeliveriesInput,
): Promise<Page<DeliveryItem>> {
  const beforeId = cursor ?? null;
  if (beforeId !== null && !cursorShape.safeParse(beforeId).success) {
    throw invalidField("cursor", "Use the nextCursor of the page before, unchanged.");
  }
  const rows = await inWorkspace(needs.db, scope, async (tx) => {
    if (!(await findEndpoint(tx, scope, endpointId))) throw notFound("webhook");
    return listDeliveryRows(tx, scope, { endpointId, beforeId, limit: rowsFor(limit) });
  });
  return pageOfRows(rows, limit, {
    cursorOf: ({ id }) => id,
    toItem: ({ id, replayOf, ...row }) => ({ deliveryId: id, ...row, isReplay: replayOf !== null }),
  });
}
