// The jobs that billing promises.
import { defineJob } from "~/server/queue/queue";

export type BillingEventKey = { eventId: string };

/** Looks at what a stored event is about, and brings the house in line with it. Safe to deliver twice. */
export const settleBillingEventJob = defineJob<"billing-event", BillingEventKey>({
  name: "billing-event",
  keyOf: ({ eventId }) => eventId,
  attempts: 5,
});

/** Finds events that nobody settled, ends grace that is over, asks again about accounts long unheard of, lets old rows go. */
export const sweepBillingJob = defineJob<"billing-sweep", Record<string, never>>({
  name: "billing-sweep",
  keyOf: () => "billing-sweep",
  attempts: 1,
});

/** Tells the operator who spends far more than usual. */
export const sweepSpendJob = defineJob<"spend-sweep", Record<string, never>>({
  name: "spend-sweep",
  keyOf: () => "spend-sweep",
  attempts: 1,
});
