// The jobs that agents promise.
import { defineJob } from "~/server/queue/queue";

/** Takes a deleted agent out of its providers, storage and database. */
export const purgeAgentJob = defineJob<"agent-purge", { agentId: string; workspaceId: string }>({
  name: "agent-purge",
  keyOf: ({ agentId }) => agentId,
  attempts: 5,
});
