// What one workspace may use beyond, or short of, its tier: set by an operator, with a reason (MISSION H3).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export type PlanOverridesTable = {
  workspaceId: string;
  /** Limits by name, as `server/plans/plan.contract.ts` judges them. */
  changes: ColumnType<Record<string, unknown>, string, string>;
  reason: string;
  setBy: string;
  setAt: Date;
};

export const planOverridesColumns: ColumnClasses<PlanOverridesTable> = {
  workspaceId: "metadata",
  changes: "metadata",
  reason: "metadata",
  setBy: "metadata",
  setAt: "metadata",
};
