// What would stop if this workspace were on another plan (AHEAD 15).

import type { Tier } from "~/db/tables/workspaces";
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import { periodOf } from "~/server/plans/period-of";
import { planOf } from "~/server/plans/plans";
import { findPlanRowAcrossWorkspaces } from "~/server/plans/plans.queries";
import { simulatePlan } from "~/server/plans/simulate-plan";
import type { Services } from "~/server/services";
import type { PlanStops } from "./billing.contract";
import { foreseeRemovals } from "./foresee-removals";
import { readWorkspaceState } from "./read-workspace-state";

export function simulateTier(needs: Pick<Services, "clock" | "db">, scope: WorkspaceScope, tier: Tier): Promise<PlanStops> {
  return inWorkspace(needs.db, scope, async (tx) => {
    const now = needs.clock.now();
    const row = await findPlanRowAcrossWorkspaces(tx, scope.workspaceId);
    if (!row) throw notFound("workspace");
    const state = await readWorkspaceState(tx, scope, { now, period: periodOf(row, now) });
    const plan = planOf(tier, row.changes);
    const current = planOf(row.tier, row.changes);
    const [removes] = await foreseeRemovals(tx, scope, { plans: [plan], current, now });
    return { ...simulatePlan(state, plan), removes: removes ?? { versions: [], aged: [] } };
  });
}
