// Days on which too many reports of a deployment were missing, and the workspace was told: one letter a day (MISSION G5, G7).
import type { ColumnClasses } from "./classes";

export type DropAlertsTable = {
  workspaceId: string;
  agentId: string;
  deploymentId: string;
  /** A day in UTC, `2026-11-22`. */
  day: string;
  expectedEvents: number;
  receivedEvents: number;
  createdAt: Date;
};

export const dropAlertsColumns: ColumnClasses<DropAlertsTable> = {
  workspaceId: "metadata",
  agentId: "metadata",
  deploymentId: "metadata",
  day: "metadata",
  expectedEvents: "metadata",
  receivedEvents: "metadata",
  createdAt: "metadata",
};
