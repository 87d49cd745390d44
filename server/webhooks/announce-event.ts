// Writes down, in the transaction of what happened, a delivery for each endpoint of the workspace that asked for the event (MISSION I5).
import { afterCommit } from "~/db/after-commit";
import type { WebhookEvent } from "~/db/tables/webhooks";
import type { Tx } from "~/db/transaction";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { type EventFacts, eventPayload } from "./event-payload";
import { insertDeliveriesAcrossWorkspaces, listSubscribersAcrossWorkspaces } from "./sending.queries";
import { webhooksMax } from "./webhook-words.contract";
import { deliverWebhookJob } from "./webhooks.jobs";

export type AnnouncedEvent = {
  workspaceId: string;
  type: WebhookEvent;
  /** Ids, names and numbers; never what people or agents wrote. */
  facts: EventFacts;
};

/** Takes a transaction of `across`. Rolled back with it, nothing is sent. */
export async function announceEvent(needs: Pick<Services, "clock" | "queue">, tx: Tx, event: AnnouncedEvent): Promise<void> {
  const { workspaceId, type } = event;
  const endpoints = await listSubscribersAcrossWorkspaces(tx, workspaceId, type, webhooksMax);
  if (endpoints.length === 0) return;
  const at = needs.clock.now();
  const of = { workspaceId, eventId: newId("webhookEvent"), eventType: type, payload: eventPayload({ ...event, at }) };
  const due = { status: "queued", attempts: 0, nextAttemptAt: at, createdAt: at } as const;
  const nothingYet = { trouble: null, answeredStatus: null, answeredWord: null, tookMs: null, replayOf: null, settledAt: null };
  const rows = endpoints.map(({ id: endpointId }) => ({
    id: newId("webhookDelivery"),
    endpointId,
    ...of,
    ...due,
    ...nothingYet,
  }));
  await insertDeliveriesAcrossWorkspaces(tx, rows);
  afterCommit(tx, async () => {
    for (const { id } of rows) await needs.queue.ring(deliverWebhookJob, { deliveryId: id });
  });
}
