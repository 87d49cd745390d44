// The job that kept conversations promise.
import { defineJob } from "~/server/queue/queue";

/** Deletes turns whose time has run out. */
export const sweepConversationsJob = defineJob<"conversations-sweep", Record<string, never>>({
  name: "conversations-sweep",
  keyOf: () => "conversations-sweep",
  attempts: 3,
});
