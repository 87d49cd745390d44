// The job that idempotency keys promise.
import { defineJob } from "~/server/queue/queue";

/** Forgets requests after their day. */
export const sweepIdempotencyKeysJob = defineJob<"idempotency-sweep", Record<string, never>>({
  name: "idempotency-sweep",
  keyOf: () => "idempotency-sweep",
  attempts: 1,
});
