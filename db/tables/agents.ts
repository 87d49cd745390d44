// An agent: belongs to one workspace, points at one live deployment.
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";
import type { Runtime } from "./deployments";

export const agentStatuses = ["created", "deploying", "active", "error", "disabled"] as const;
export type AgentStatus = (typeof agentStatuses)[number];

export type AgentsTable = {
  id: string;
  workspaceId: string;
  /** Unique in a workspace among agents that are not deleted. */
  name: string;
  description: string;
  ownerUserId: string;
  /** The live deployment; moved only under the row lock of `make-active.ts`. */
  activeDeploymentId: string | null;
  /** Where its next versions go when their bundles claim it; null: the manifest's first that is offered. */
  preferredRuntime: ColumnType<Runtime | null, Runtime | null | undefined, Runtime | null>;
  /** From all callers together, in all gateways; null: as many as the plan lets each caller. */
  callsPerMinuteMax: ColumnType<number | null, number | null | undefined, number | null>;
  /** At once; null, or more than that: as many as the plan lets. */
  concurrencyMax: ColumnType<number | null, number | null | undefined, number | null>;
  disabledAt: Date | null;
  /** Set at once by a delete; the row is purged after deprovisioning. */
  deletedAt: Date | null;
  createdAt: ColumnType<Date, Date | undefined, never>;
  updatedAt: ColumnType<Date, Date | undefined, Date>;
};

export const agentsColumns: ColumnClasses<AgentsTable> = {
  id: "metadata",
  workspaceId: "metadata",
  name: "metadata",
  description: "metadata",
  ownerUserId: "metadata",
  activeDeploymentId: "metadata",
  preferredRuntime: "metadata",
  callsPerMinuteMax: "metadata",
  concurrencyMax: "metadata",
  disabledAt: "metadata",
  deletedAt: "metadata",
  createdAt: "metadata",
  updatedAt: "metadata",
};
