// Usage summed per deployment, and minute, hour or day: what runtimes reported and what the gateway let through, each written in the
// same commit as the rows it sums (MISSION G4, G5).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";
import type { Runtime } from "./deployments";

type Counted = ColumnType<number, number | undefined>;

/** Without its time. Columns up to `costUsdEstimated` sum telemetry by the events' own times; the others sum calls by their start. */
export type UsageSums = {
  workspaceId: string;
  agentId: string;
  deploymentId: string;
  runtimeProvider: Runtime;
  requests: Counted;
  llmTokens: Counted;
  computeMs: Counted;
  toolCalls: Counted;
  errors: Counted;
  /** How many reports these sums come from. */
  events: Counted;
  costUsdEstimated: Counted;
  /** Calls that the gateway let through. */
  calls: Counted;
  /** Of these: no runtime ever got them, so none reports them. */
  unreachedCalls: Counted;
  failedCalls: Counted;
  /** As the gateway measured it. */
  callMs: Counted;
  /** How many calls fell into each of the buckets of `latency-buckets.ts`; not longer than it must be. */
  latencyCounts: ColumnType<number[], number[] | undefined>;
};

/** Starts are UTC. */
export type UsageMinutesTable = UsageSums & { minute: Date };
export type UsageHoursTable = UsageSums & { hour: Date };
export type UsageDaysTable = UsageSums & { day: Date };

export const usageMinutesColumns: ColumnClasses<UsageMinutesTable> = {
  workspaceId: "metadata",
  agentId: "metadata",
  deploymentId: "metadata",
  runtimeProvider: "metadata",
  minute: "metadata",
  requests: "metadata",
  llmTokens: "metadata",
  computeMs: "metadata",
  toolCalls: "metadata",
  errors: "metadata",
  events: "metadata",
  costUsdEstimated: "metadata",
  calls: "metadata",
  unreachedCalls: "metadata",
  failedCalls: "metadata",
  callMs: "metadata",
  latencyCounts: "metadata",
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
  calls: "metadata",
  unreachedCalls: "metadata",
  failedCalls: "metadata",
  callMs: "metadata",
  latencyCounts: "metadata",
};

export const usageDaysColumns: ColumnClasses<UsageDaysTable> = {
  workspaceId: "metadata",
  agentId: "metadata",
  deploymentId: "metadata",
  runtimeProvider: "metadata",
  day: "metadata",
  requests: "metadata",
  llmTokens: "metadata",
  computeMs: "metadata",
  toolCalls: "metadata",
  errors: "metadata",
  events: "metadata",
  costUsdEstimated: "metadata",
  calls: "metadata",
  unreachedCalls: "metadata",
  failedCalls: "metadata",
  callMs: "metadata",
  latencyCounts: "metadata",
};
