// The jobs that bundles promise.
import { defineJob } from "~/server/queue/queue";

/** Removes half-received files and bundles that nobody deployed. */
export const sweepBundlesJob = defineJob<"bundles-sweep", Record<string, never>>({
  name: "bundles-sweep",
  keyOf: () => "bundles-sweep",
  attempts: 1,
});
