// What each recount of budgets from the calls themselves found and mended (MISSION E3).
import type { Generated } from "kysely";
import type { ColumnClasses } from "./classes";

export type BudgetRecountsTable = {
  id: Generated<number>;
  startedAt: Date;
  finishedAt: Date;
  /** Periods that calls were made in lately. */
  periodsChecked: number;
  periodsMended: number;
  /** By how much the mended sums were off, one way or the other. */
  requestsDrift: number;
  computeMsDrift: number;
  tokensDrift: number;
};

export const budgetRecountsColumns: ColumnClasses<BudgetRecountsTable> = {
  id: "metadata",
  startedAt: "metadata",
  finishedAt: "metadata",
  periodsChecked: "metadata",
  periodsMended: "metadata",
  requestsDrift: "metadata",
  computeMsDrift: "metadata",
  tokensDrift: "metadata",
};
