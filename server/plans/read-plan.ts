// The plan of one workspace: its tier with what an operator changed, and the period it is counted in.
import type { Db } from "~/db/client";
import type { NamedPlan } from "./assert-planned";
import { type Period, periodOf } from "./period-of";
import { planOf } from "./plans";
import { findPlanRowAcrossWorkspaces } from "./plans.queries";

export type CurrentPlan = NamedPlan & { period: Period; isChanged: boolean };

/** Null: there is no such workspace, or this transaction does not see it. */
export async function readPlan(tx: Db, workspaceId: string, now: Date): Promise<CurrentPlan | null> {
  const row = await findPlanRowAcrossWorkspaces(tx, workspaceId);
  if (!row) return null;
  const { tier, changes } = row;
  return { tier, plan: planOf(tier, changes), period: periodOf(row, now), isChanged: changes !== null };
}
