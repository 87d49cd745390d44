// The timeline of a deployment: one row per stage it reached, and the lines each stage wrote.
import type { ColumnType, Generated } from "kysely";
import type { ColumnClasses } from "./classes";
import type { DeploymentStage } from "./deployments";

export const stepOutcomes = ["running", "done", "failed", "cancelled", "skipped"] as const;
export type StepOutcome = (typeof stepOutcomes)[number];

/** How one golden call ended. `difference` quotes at most a few words of the answer, masked. */
export type GoldenResult = { name: string; isMet: boolean; difference: string | null; durationMs: number };

export type DeploymentStepsTable = {
  workspaceId: string;
  deploymentId: string;
  stage: DeploymentStage;
  outcome: StepOutcome;
  startedAt: Date;
  finishedAt: Date | null;
  /** Of the stage `probed`, when the manifest names golden files. */
  goldens: ColumnType<GoldenResult[] | null, string | undefined, string>;
};

export const deploymentStepsColumns: ColumnClasses<DeploymentStepsTable> = {
  workspaceId: "metadata",
  deploymentId: "metadata",
  stage: "metadata",
  outcome: "metadata",
  startedAt: "metadata",
  finishedAt: "metadata",
  goldens: "sensitive",
};

export const logLevels = ["info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

export type DeploymentLogsTable = {
  seq: Generated<number>;
  workspaceId: string;
  deploymentId: string;
  stage: DeploymentStage;
  level: LogLevel;
  /** At most 4,000 characters, redacted. */
  line: string;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const deploymentLogsColumns: ColumnClasses<DeploymentLogsTable> = {
  seq: "metadata",
  workspaceId: "metadata",
  deploymentId: "metadata",
  stage: "metadata",
  level: "metadata",
  line: "sensitive",
  createdAt: "metadata",
};
