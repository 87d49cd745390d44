// The jobs that webhooks promise.
import { defineJob } from "~/server/queue/queue";

/** Sends one delivery. Safe to deliver twice: the row says whose turn it is. */
export const deliverWebhookJob = defineJob<"webhook-deliver", { deliveryId: string }>({
  name: "webhook-deliver",
  keyOf: ({ deliveryId }) => deliveryId,
  attempts: 1,
});

/** Rings for what is due, and forgets what is old. */
export const sweepWebhooksJob = defineJob<"webhooks-sweep", Record<string, never>>({
  name: "webhooks-sweep",
  keyOf: () => "webhooks-sweep",
  attempts: 1,
});
