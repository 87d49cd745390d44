// Telemetry summed per deployment and hour, written in the same transaction as the events it sums (MISSION G4).
import type { ColumnClasses } from "./classes";
import type { Runtime } from "./deployments";

export type UsageHoursTable = {
  workspaceId: string;
  agentId: string;
  deploymentId: string;
  runtimeProvider: Runtime;
  /** The hour's start, UTC, of the events' own timestamps. */
  hour: Date;
  requests: number;
  llmTokens: number;
  computeMs: number;
  toolCalls: number;
  errors: number;
  /** How many reports these sums come from. */
  events: number;
  costUsdEstimated: number;
};

export const usageHoursColumns: ColumnClasses<UsageHoursTable> = {
  workspaceId: "metadata",
  agentId: "metadata",
  deploymentId: "metadata",
  runtimeProvider: "metadata",
  hour: "metadata",
  requests: "metadata",
  llmTokens: "metadata",
  computeMs: "metadata",
  toolCalls: "metadata",
  errors: "metadata",
  events: "metadata",
  costUsdEstimated: "metadata",
};
