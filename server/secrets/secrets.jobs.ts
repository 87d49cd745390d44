// The jobs that secrets promise.
import { defineJob } from "~/server/queue/queue";

/** Starts what waits for it in one workspace anew, one version after the other. Safe to deliver twice. */
export const refreshSecretsJob = defineJob<"secrets-refresh", { workspaceId: string }>({
  name: "secrets-refresh",
  keyOf: ({ workspaceId }) => workspaceId,
  attempts: 3,
});

/** Rings for workspaces in which something waits and nobody works on it. */
export const sweepSecretRefreshesJob = defineJob<"secret-refreshes-sweep", Record<string, never>>({
  name: "secret-refreshes-sweep",
  keyOf: () => "secret-refreshes-sweep",
  attempts: 1,
});

export const sweepSecretExpiryJob = defineJob<"secret-expiry-sweep", Record<string, never>>({
  name: "secret-expiry-sweep",
  keyOf: () => "secret-expiry-sweep",
  attempts: 1,
});
