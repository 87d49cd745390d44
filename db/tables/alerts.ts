// Alerts: what a workspace wants to be told of, what was raised for it and is over, and the same for runtimes and their operators (MISSION G7).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";
import type { Runtime } from "./deployments";

export const alertRules = ["error_rate", "deployment_failed"] as const;
export type AlertRule = (typeof alertRules)[number];

/** What letters can be switched off for: the rules, and missing telemetry, which is raised and told by the day. */
const alertSettingRules = [...alertRules, "telemetry_dropped"] as const;
export type AlertSettingRule = (typeof alertSettingRules)[number];

/** Numbers and ids that the letter tells. */
export type AlertFacts = Readonly<Record<string, string | number>>;

export type AlertSettingsTable = {
  workspaceId: string;
  rule: AlertSettingRule;
  byMail: boolean;
  /** Of `error_rate` alone: raised at this share of failed calls, when there were at least so many. */
  thresholdPercent: number | null;
  callsMin: number | null;
  setBy: string;
  setAt: Date;
};

export const alertSettingsColumns: ColumnClasses<AlertSettingsTable> = {
  workspaceId: "metadata",
  rule: "metadata",
  byMail: "metadata",
  thresholdPercent: "metadata",
  callsMin: "metadata",
  setBy: "metadata",
  setAt: "metadata",
};

export type AlertsTable = {
  id: string;
  workspaceId: string;
  agentId: string;
  rule: AlertRule;
  facts: ColumnType<AlertFacts, string, string>;
  raisedAt: Date;
  /** Since when it would not have been raised any more; null while it would. */
  calmSince: Date | null;
  /** Null: it stands. */
  resolvedAt: Date | null;
};

export const alertsColumns: ColumnClasses<AlertsTable> = {
  id: "metadata",
  workspaceId: "metadata",
  agentId: "metadata",
  rule: "metadata",
  facts: "metadata",
  raisedAt: "metadata",
  calmSince: "metadata",
  resolvedAt: "metadata",
};

/** `down`: its health check says so. `gone`: agents live on it, and this installation does not offer it any more. */
export const runtimeAlertKinds = ["down", "gone"] as const;
export type RuntimeAlertKind = (typeof runtimeAlertKinds)[number];

export type RuntimeAlertsTable = {
  id: string;
  runtime: Runtime;
  kind: RuntimeAlertKind;
  raisedAt: Date;
  resolvedAt: Date | null;
};

export const runtimeAlertsColumns: ColumnClasses<RuntimeAlertsTable> = {
  id: "public",
  runtime: "public",
  kind: "public",
  raisedAt: "public",
  resolvedAt: "public",
};
