// The words of deployments and what may follow what, shared with the browser.
import { z } from "zod";
import { logLevels, stepOutcomes } from "~/db/tables/deployment-steps";
import { type DeploymentStatus, deploymentStages, deploymentStatuses, runtimes } from "~/db/tables/deployments";
import { AgentIdInput } from "~/server/agents/agents.contract";
import { UploadSource } from "~/server/bundles/bundles.contract";
import { Moment, PageQuery } from "~/server/zod-shapes";

/** What may follow what; `transition-deployment.ts` moves along these and no others. */
export const deploymentTransitions: Record<DeploymentStatus, readonly DeploymentStatus[]> = {
  queued: ["running", "failed", "cancelled"],
  // Back to the queue: it waits until its workspace, or whoever asked for it, is enabled again.
  running: ["ready", "active", "failed", "cancelled", "queued"],
  ready: ["active"],
  active: ["superseded"],
  superseded: ["active"],
  failed: [],
  cancelled: [],
};

export const unfinishedStatuses = ["queued", "running"] as const satisfies readonly DeploymentStatus[];

export function isFinished(status: DeploymentStatus): boolean {
  return !(unfinishedStatuses as readonly DeploymentStatus[]).includes(status);
}

export const DeploymentIdInput = z.object({ deploymentId: z.string().max(40) });
export const CreateDeploymentInput = AgentIdInput.extend({
  uploadId: z.string().max(40),
  /** Absent: the manifest's first runtime that this installation offers. */
  runtime: z.enum(runtimes).optional(),
  activate: z.boolean().default(true),
});
export type CreateDeploymentInput = z.infer<typeof CreateDeploymentInput>;
export const ListDeploymentsInput = AgentIdInput.extend(PageQuery.shape);
export type ListDeploymentsInput = z.infer<typeof ListDeploymentsInput>;

export const ListDeploymentLogsInput = DeploymentIdInput.extend(PageQuery.shape);
export type ListDeploymentLogsInput = z.infer<typeof ListDeploymentLogsInput>;

export const DeploymentItem = z.object({
  deploymentId: z.string(),
  agentId: z.string(),
  version: z.number(),
  runtime: z.enum(runtimes),
  status: z.enum(deploymentStatuses),
  stage: z.enum(deploymentStages),
  activates: z.boolean(),
  bundleSha256: z.string(),
  failureCode: z.string().nullable(),
  failureReason: z.string().nullable(),
  cancelRequested: z.boolean(),
  createdBy: z.string(),
  /** Null: somebody who is not a member any more, and left no name. */
  createdByName: z.string().nullable(),
  createdAt: Moment,
  startedAt: Moment.nullable(),
  finishedAt: Moment.nullable(),
  activatedAt: Moment.nullable(),
  /** Older than the plan keeps: it cannot go live or be called any more, and its bundle may be gone. */
  prunedAt: Moment.nullable(),
});
export type DeploymentItem = z.infer<typeof DeploymentItem>;

/** How one golden call ended; `difference` says in a few words what was not as expected. */
export const GoldenOutcome = z.object({
  name: z.string(),
  isMet: z.boolean(),
  difference: z.string().nullable(),
  durationMs: z.number(),
});
export type GoldenOutcome = z.infer<typeof GoldenOutcome>;

export const DeploymentStep = z.object({
  stage: z.enum(deploymentStages),
  outcome: z.enum(stepOutcomes),
  startedAt: Moment,
  finishedAt: Moment.nullable(),
  /** Of the stage `probed`, when the manifest names golden files. */
  goldens: z.array(GoldenOutcome).nullable(),
});
export type DeploymentStep = z.infer<typeof DeploymentStep>;

export const DeploymentLogLine = z.object({
  seq: z.number(),
  stage: z.enum(deploymentStages),
  level: z.enum(logLevels),
  line: z.string(),
  createdAt: Moment,
});
export type DeploymentLogLine = z.infer<typeof DeploymentLogLine>;

export const DeploymentDetail = DeploymentItem.extend({
  fileName: z.string(),
  sizeBytes: z.number(),
  filesCount: z.number(),
  /** Null: the bundle was sent as a file. */
  source: UploadSource.nullable(),
  requiredKeys: z.array(z.string()),
  networkAllow: z.array(z.string()).nullable(),
  secretVersions: z.record(z.string(), z.number()),
  variableVersions: z.record(z.string(), z.number()),
  steps: z.array(DeploymentStep),
  logs: z.array(DeploymentLogLine),
});
export type DeploymentDetail = z.infer<typeof DeploymentDetail>;

/** One picture of a deployment, sent whenever something moved; the last one has a finished status. */
export const DeploymentProgress = z.object({
  deployment: DeploymentItem,
  steps: z.array(DeploymentStep),
  newLogs: z.array(DeploymentLogLine),
});
export type DeploymentProgress = z.infer<typeof DeploymentProgress>;
