// The job that alerts promise.
import { defineJob } from "~/server/queue/queue";

/** Raises what has become true and resolves what is over. */
export const sweepAlertsJob = defineJob<"alerts-sweep", Record<string, never>>({
  name: "alerts-sweep",
  keyOf: () => "alerts-sweep",
  attempts: 1,
});
