// The jobs that telemetry promises.
import { defineJob } from "~/server/queue/queue";

/** Drops what is older than its retention class allows, and makes the partitions of the coming days. */
export const sweepTelemetryJob = defineJob<"telemetry-sweep", Record<string, never>>({
  name: "telemetry-sweep",
  keyOf: () => "telemetry-sweep",
  attempts: 3,
});

/** Counts usage again from the raw rows and repairs what differs. */
export const sweepUsageJob = defineJob<"usage-sweep", Record<string, never>>({
  name: "usage-sweep",
  keyOf: () => "usage-sweep",
  attempts: 3,
});

/** Tells workspaces whose deployments' reports do not arrive. */
export const sweepDropsJob = defineJob<"drops-sweep", Record<string, never>>({
  name: "drops-sweep",
  keyOf: () => "drops-sweep",
  attempts: 3,
});
