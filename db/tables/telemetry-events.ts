// Signed reports from runtimes, as they came: counts and timings only. Partitioned by retention class and day (MISSION G1-G3, J2).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";
import type { Runtime } from "./deployments";
import type { ErrorClass } from "./invocations";

export type TelemetryEventsTable = {
  /** Frozen from the deployment; with `occurredAt` the partition key. */
  retentionClass: string;
  /** The event's own timestamp. */
  occurredAt: Date;
  deploymentId: string;
  /** With the three above the primary key: a retry is a duplicate. */
  eventId: string;
  workspaceId: string;
  agentId: string;
  userId: string;
  runtimeProvider: Runtime;
  requests: number;
  llmTokens: number;
  computeMs: number;
  toolCalls: number;
  errors: number;
  errorClass: ErrorClass | null;
  costUsdEstimated: number;
  traceId: string | null;
  receivedAt: ColumnType<Date, Date | undefined, never>;
};

export const telemetryEventsColumns: ColumnClasses<TelemetryEventsTable> = {
  retentionClass: "metadata",
  occurredAt: "metadata",
  deploymentId: "metadata",
  eventId: "metadata",
  workspaceId: "metadata",
  agentId: "metadata",
  userId: "metadata",
  runtimeProvider: "metadata",
  requests: "metadata",
  llmTokens: "metadata",
  computeMs: "metadata",
  toolCalls: "metadata",
  errors: "metadata",
  errorClass: "metadata",
  costUsdEstimated: "metadata",
  traceId: "metadata",
  receivedAt: "metadata",
};
