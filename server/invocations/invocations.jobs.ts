// The jobs that invocations promise.
import { defineJob } from "~/server/queue/queue";

/** Deletes records of calls that are older than their workspace's plan keeps them. */
export const sweepInvocationsJob = defineJob<"invocations-sweep", Record<string, never>>({
  name: "invocations-sweep",
  keyOf: () => "invocations-sweep",
  attempts: 3,
});
