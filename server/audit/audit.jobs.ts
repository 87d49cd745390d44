// The jobs that the audit log promises.
import { defineJob } from "~/server/queue/queue";

/** Signs every chain that moved, and links what a process of an older release wrote. */
export const sweepAuditJob = defineJob<"audit-sweep", Record<string, never>>({
  name: "audit-sweep",
  keyOf: () => "audit-sweep",
  attempts: 1,
});
