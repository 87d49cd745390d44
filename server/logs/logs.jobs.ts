// The jobs that logs promise.
import { defineJob } from "~/server/queue/queue";

/** Drops days that are past their retention, and makes the partitions of the coming ones. */
export const sweepLogsJob = defineJob<"logs-sweep", Record<string, never>>({
  name: "logs-sweep",
  keyOf: () => "logs-sweep",
  attempts: 3,
});

/** Reads what agents printed from runtimes that keep it themselves. */
export const sweepPrintedJob = defineJob<"printed-sweep", Record<string, never>>({
  name: "printed-sweep",
  keyOf: () => "printed-sweep",
  attempts: 1,
});
