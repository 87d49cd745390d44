// Days on which a workspace spent far more than it usually does, and the operator was told.
import type { ColumnClasses } from "./classes";

export type SpendAlertsTable = {
  workspaceId: string;
  /** A day in UTC, `2026-11-22`. */
  day: string;
  spentUsd: number;
  /** What one day cost on average before. */
  usualUsd: number;
  createdAt: Date;
};

export const spendAlertsColumns: ColumnClasses<SpendAlertsTable> = {
  workspaceId: "metadata",
  day: "metadata",
  spentUsd: "metadata",
  usualUsd: "metadata",
  createdAt: "metadata",
};
