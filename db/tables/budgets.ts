// What a workspace has spent of its period, what calls under way hold of it, who holds it, and who was told (MISSION E3).
import type { ColumnClasses } from "./classes";

export const budgetMetrics = ["requests", "compute_ms", "tokens"] as const;
export type BudgetMetric = (typeof budgetMetrics)[number];

export const alertPercents = [50, 80, 100] as const;
export type AlertPercent = (typeof alertPercents)[number];

/** What happens when a cap is reached: calls are refused either way, and owners are told by letter or not. */
export const atCapChoices = ["notify_and_block", "block"] as const;
export type AtCap = (typeof atCapChoices)[number];

export type BudgetPeriodsTable = {
  workspaceId: string;
  periodFrom: Date;
  periodTo: Date;
  requestsSpent: number;
  /** Sums over the leases of the period. */
  requestsHeld: number;
  computeMsSpent: number;
  computeMsHeld: number;
  tokensSpent: number;
  tokensHeld: number;
  touchedAt: Date;
};

export const budgetPeriodsColumns: ColumnClasses<BudgetPeriodsTable> = {
  workspaceId: "metadata",
  periodFrom: "metadata",
  periodTo: "metadata",
  requestsSpent: "metadata",
  requestsHeld: "metadata",
  computeMsSpent: "metadata",
  computeMsHeld: "metadata",
  tokensSpent: "metadata",
  tokensHeld: "metadata",
  touchedAt: "metadata",
};

/** A block that one gateway process holds: calls that it may still make, and calls of it that are not settled. */
export type BudgetLeasesTable = {
  id: string;
  workspaceId: string;
  periodFrom: Date;
  requestsHeld: number;
  computeMsHeld: number;
  tokensHeld: number;
  takenAt: Date;
  expiresAt: Date;
};

export const budgetLeasesColumns: ColumnClasses<BudgetLeasesTable> = {
  id: "metadata",
  workspaceId: "metadata",
  periodFrom: "metadata",
  requestsHeld: "metadata",
  computeMsHeld: "metadata",
  tokensHeld: "metadata",
  takenAt: "metadata",
  expiresAt: "metadata",
};

export type BudgetAlertsTable = {
  workspaceId: string;
  periodFrom: Date;
  metric: BudgetMetric;
  percent: AlertPercent;
  createdAt: Date;
};

export const budgetAlertsColumns: ColumnClasses<BudgetAlertsTable> = {
  workspaceId: "metadata",
  periodFrom: "metadata",
  metric: "metadata",
  percent: "metadata",
  createdAt: "metadata",
};

export type BudgetSettingsTable = { workspaceId: string; atCap: AtCap; setBy: string; setAt: Date };

export const budgetSettingsColumns: ColumnClasses<BudgetSettingsTable> = {
  workspaceId: "metadata",
  atCap: "metadata",
  setBy: "metadata",
  setAt: "metadata",
};
