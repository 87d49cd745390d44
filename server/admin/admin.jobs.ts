// The job that the operator's switches promise.
import { defineJob } from "~/server/queue/queue";

/** Heals what a switch could not do at once, and notes who operates the platform now. */
export const sweepIncidentsJob = defineJob<"incidents-sweep", Record<string, never>>({
  name: "incidents-sweep",
  keyOf: () => "incidents-sweep",
  attempts: 1,
});
