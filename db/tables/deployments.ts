// One immutable version of an agent, and the words its life is told in.
import type { ColumnType, Generated } from "kysely";
import type { ColumnClasses } from "./classes";

export const deploymentStatuses = ["queued", "running", "ready", "active", "superseded", "failed", "cancelled"] as const;
export type DeploymentStatus = (typeof deploymentStatuses)[number];

export const deploymentStages = ["received", "checked", "built", "placed", "probed", "active"] as const;
export type DeploymentStage = (typeof deploymentStages)[number];

export const runtimes = ["embedded", "cloudflare", "agentcore", "vps"] as const;
export type Runtime = (typeof runtimes)[number];

export type DeploymentsTable = {
  id: string;
  workspaceId: string;
  agentId: string;
  /** The agent's owner when the version was made; telemetry of this deployment carries it. */
  ownerUserId: string;
  /** 1, 2, 3 … per agent, without gaps. */
  version: number;
  runtime: Runtime;
  status: DeploymentStatus;
  stage: DeploymentStage;
  /** Whether it goes live by itself once its probe passed. */
  activates: boolean;
  uploadId: string;
  bundleSha256: string;
  bundleBlobKey: string;
  manifest: ColumnType<Record<string, unknown>, string, never>;
  /** The built module (customer's code with our wrapper): digest and blob key, set by the stage `built`. */
  moduleSha256: string | null;
  moduleBlobKey: string | null;
  /** name → version of each secret that was set when it was placed. */
  secretVersions: ColumnType<Record<string, number>, string | undefined, string>;
  /** name → version of each variable that it was given last. */
  variableVersions: ColumnType<Record<string, number>, string | undefined, string>;
  /** Which generation of the derived telemetry key is current. */
  telemetryGeneration: Generated<number>;
  /** When the current generation began to count; null: with the deployment. */
  telemetryRotatedAt: Date | null;
  /** Until when reports under the generation before it count; null: they never do. */
  telemetryOverlapEndsAt: Date | null;
  /** Frozen at creation: how long its raw telemetry is kept. */
  retentionClass: string;
  /** Safe words for people: what went wrong and how to mend it. */
  failureCode: string | null;
  failureReason: string | null;
  cancelRequestedAt: Date | null;
  createdBy: string;
  createdAt: ColumnType<Date, Date | undefined, never>;
  startedAt: Date | null;
  /** When the worker last gave a sign of life on it; the sweep looks here. */
  heartbeatAt: Date | null;
  /** Whoever runs it holds this word; a worker that finds another one there has lost it and stops. */
  leaseId: ColumnType<string | null, string | null | undefined, string | null>;
  /** How often a worker took it up: one that keeps killing its worker is given up. */
  attempts: Generated<number>;
  finishedAt: Date | null;
  activatedAt: Date | null;
  /** Older than its plan keeps: it cannot go live again, its row and its history stay. */
  prunedAt: ColumnType<Date | null, undefined, Date>;
  /** Its runtime confirmed that it is gone, and its module is deleted; set for pruned, failed and cancelled versions. */
  placementRemovedAt: ColumnType<Date | null, undefined, Date>;
};

export const deploymentsColumns: ColumnClasses<DeploymentsTable> = {
  id: "metadata",
  workspaceId: "metadata",
  agentId: "metadata",
  ownerUserId: "metadata",
  version: "metadata",
  runtime: "metadata",
  status: "metadata",
  stage: "metadata",
  activates: "metadata",
  uploadId: "metadata",
  bundleSha256: "metadata",
  bundleBlobKey: "metadata",
  manifest: "metadata",
  moduleSha256: "metadata",
  moduleBlobKey: "metadata",
  secretVersions: "metadata",
  variableVersions: "metadata",
  telemetryGeneration: "metadata",
  telemetryRotatedAt: "metadata",
  telemetryOverlapEndsAt: "metadata",
  retentionClass: "metadata",
  failureCode: "metadata",
  failureReason: "metadata",
  cancelRequestedAt: "metadata",
  createdBy: "metadata",
  createdAt: "metadata",
  startedAt: "metadata",
  heartbeatAt: "metadata",
  leaseId: "metadata",
  attempts: "metadata",
  finishedAt: "metadata",
  activatedAt: "metadata",
  prunedAt: "metadata",
  placementRemovedAt: "metadata",
};
