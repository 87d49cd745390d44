// The jobs that keep an eye on the runtimes.
import { defineJob } from "~/server/queue/queue";

/** Asks every runtime how it is. */
export const sweepRuntimesJob = defineJob<"runtimes-sweep", Record<string, never>>({
  name: "runtimes-sweep",
  keyOf: () => "runtimes-sweep",
  attempts: 1,
});

/** Holds what the runtimes have placed against the rows. */
export const sweepPlacementsJob = defineJob<"placements-sweep", Record<string, never>>({
  name: "placements-sweep",
  keyOf: () => "placements-sweep",
  attempts: 1,
});
