// Wishes that a version's process be started anew with today's secrets: one row for each version, one at a time in a workspace.
import type { ColumnClasses } from "./classes";

export const secretRefreshStatuses = ["waiting", "running", "done", "failed"] as const;
export type SecretRefreshStatus = (typeof secretRefreshStatuses)[number];

export type SecretRefreshesTable = {
  deploymentId: string;
  workspaceId: string;
  agentId: string;
  status: SecretRefreshStatus;
  /** Rises with every wish: a restart that began before the last one is not the end of it. */
  wishes: number;
  /** Rises with every worker that takes it up; whoever finds another number there has lost it. */
  attempts: number;
  /** Safe words for people. */
  failureReason: string | null;
  requestedBy: string;
  requestedAt: Date;
  heartbeatAt: Date | null;
  finishedAt: Date | null;
};

export const secretRefreshesColumns: ColumnClasses<SecretRefreshesTable> = {
  deploymentId: "metadata",
  workspaceId: "metadata",
  agentId: "metadata",
  status: "metadata",
  wishes: "metadata",
  attempts: "metadata",
  failureReason: "metadata",
  requestedBy: "metadata",
  requestedAt: "metadata",
  heartbeatAt: "metadata",
  finishedAt: "metadata",
};
