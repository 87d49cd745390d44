// Deliveries of webhooks as their workspace makes and reads them.
import type { Insertable } from "kysely";
import type { WebhookDeliveriesTable } from "~/db/tables/webhooks";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";

export type NewDelivery = Omit<
  Insertable<WebhookDeliveriesTable>,
  "workspaceId" | "status" | "attempts" | "nextAttemptAt" | "trouble" | "answeredStatus" | "answeredWord" | "tookMs" | "settledAt"
>;

/** Due at once. */
export async function insertDelivery(tx: Tx, scope: WorkspaceScope, row: NewDelivery): Promise<void> {
  await tx
    .insertInto("webhookDeliveries")
    .values({
      ...row,
      workspaceId: scope.workspaceId,
      status: "queued",
      attempts: 0,
      nextAttemptAt: row.createdAt,
      trouble: null,
      answeredStatus: null,
      answeredWord: null,
      tookMs: null,
      settledAt: null,
    })
    .execute();
}

export async function countQueued(tx: Tx, scope: WorkspaceScope, endpointId: string): Promise<number> {
  const { count } = await tx
    .selectFrom("webhookDeliveries")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("endpointId", "=", endpointId)
    .where("status", "=", "queued")
    .executeTakeFirstOrThrow();
  return Number(count);
}

export function findDelivery(tx: Tx, scope: WorkspaceScope, deliveryId: string) {
  return tx
    .selectFrom("webhookDeliveries")
    .select(["id", "endpointId", "eventId", "eventType", "payload", "status"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", deliveryId)
    .executeTakeFirst();
}

/** The newest first, those before `beforeId`. */
export function listDeliveryRows(
  tx: Tx,
  scope: WorkspaceScope,
  asked: { endpointId: string; beforeId: string | null; limit: number },
) {
  return tx
    .selectFrom("webhookDeliveries")
    .select(["id", "eventId", "eventType", "payload", "status", "attempts", "nextAttemptAt"])
    .select(["trouble", "answeredStatus", "answeredWord", "tookMs", "replayOf", "createdAt"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("endpointId", "=", asked.endpointId)
    .$if(asked.beforeId !== null, (query) => query.where("id", "<", asked.beforeId ?? ""))
    .orderBy("id", "desc")
    .limit(asked.limit)
    .execute();
}
