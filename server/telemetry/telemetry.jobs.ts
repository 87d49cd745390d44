// The jobs that telemetry promises.
import { defineJob } from "~/server/queue/queue";

/** Drops what is older than its retention class allows, and makes the partitions of the coming days. */
export const sweepTelemetryJob = defineJob<"telemetry-sweep", Record<string, never>>({
  name: "telemetry-sweep",
  keyOf: () => "telemetry-sweep",
  attempts: 3,
});
