// The jobs that deployments promise.
import { defineJob } from "~/server/queue/queue";

export type DeploymentKey = { deploymentId: string; workspaceId: string };

/** Takes a queued deployment, or one whose worker was lost, through its stages. Safe to deliver twice. */
export const runDeploymentJob = defineJob<"deployment-run", DeploymentKey>({
  name: "deployment-run",
  keyOf: ({ deploymentId }) => deploymentId,
  attempts: 3,
});

/** Prunes versions that plans do not keep. */
export const sweepVersionsJob = defineJob<"versions-sweep", Record<string, never>>({
  name: "versions-sweep",
  keyOf: () => "versions-sweep",
  attempts: 1,
});

/** Lets log lines go that are older than plans keep. */
export const sweepDeploymentLogsJob = defineJob<"deployment-logs-sweep", Record<string, never>>({
  name: "deployment-logs-sweep",
  keyOf: () => "deployment-logs-sweep",
  attempts: 1,
});

/** Finds what nobody works on and rings for it. */
export const sweepDeploymentsJob = defineJob<"deployments-sweep", Record<string, never>>({
  name: "deployments-sweep",
  keyOf: () => "deployments-sweep",
  attempts: 1,
});
