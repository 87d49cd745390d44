// Tells owners once a period when half, four fifths and all of a budget is used up (MISSION E3, G7).
import { type AlertPercent, alertPercents, type BudgetMetric } from "~/db/tables/budgets";
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { Plan } from "~/server/plans/plans";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import { announceEvent } from "~/server/webhooks/announce-event";
import { budgetLetter } from "./budget-letter";
import {
  findSettingsAcrossWorkspaces,
  findShortestTimeoutAcrossWorkspaces,
  insertAlertIfNoneAcrossWorkspaces,
  listOwnersAcrossWorkspaces,
  listTouchedPeriodsAcrossWorkspaces,
  type PeriodRow,
} from "./sums.queries";

type Needs = Pick<Services, "across" | "clock" | "config" | "log" | "mailer" | "queue">;

const touchedWithinMs = 5 * 60_000;
const periodsMax = 10_000;
const ownersMax = 20;

export type Reached = { metric: BudgetMetric; percent: AlertPercent; spent: number; limit: number };

/** Answers how many shares were reached for the first time. Safe to run at any time, also twice at once. */
export async function tellOfBudgets(needs: Needs): Promise<number> {
  const now = needs.clock.now();
  const since = new Date(now.getTime() - touchedWithinMs);
  let told = 0;
  for (const period of await listTouchedPeriodsAcrossWorkspaces(needs.across, since, periodsMax)) {
    if (period.periodTo <= now) continue;
    const current = await readPlan(needs.across, period.workspaceId, now);
    if (!current || current.period.from.getTime() !== period.periodFrom.getTime()) continue;
    const shortest = await findShortestTimeoutAcrossWorkspaces(needs.across, period.workspaceId);
    const computeMsPerCall = Math.min(shortest ?? current.plan.timeoutMsMax, current.plan.timeoutMsMax);
    for (const reached of reachedOf(period, current.plan, computeMsPerCall)) {
      if (await tell(needs, period, reached)) told += 1;
    }
  }
  return told;
}

/**
 * Of each budget the highest share that is used up. It counts as all of it once what is left is less than a call sets aside; of compute
 * that is the timeout of the agent which has the shortest: from then on no call fits any more.
 */
function reachedOf(period: PeriodRow, plan: Plan, computeMsPerCall: number): Reached[] {
  const budgets = [
    { metric: "requests", spent: period.requestsSpent, limit: plan.requestsMax, perCall: 1 },
    { metric: "compute_ms", spent: period.computeMsSpent, limit: plan.computeMsMax, perCall: computeMsPerCall },
    { metric: "tokens", spent: period.tokensSpent, limit: plan.tokensMax, perCall: plan.tokensPerCallMax },
  ] as const;
  return budgets.flatMap(({ perCall, ...budget }) => {
    if (budget.limit === 0) return [];
    if (budget.spent > 0 && budget.spent + perCall > budget.limit) return [{ ...budget, percent: 100 }];
    const percent = alertPercents.findLast((share) => budget.spent * 100 >= budget.limit * share);
    return percent === undefined ? [] : [{ ...budget, percent }];
  });
}

function tell(needs: Needs, { workspaceId, periodFrom, periodTo }: PeriodRow, reached: Reached): Promise<boolean> {
  const { metric, percent, spent, limit } = reached;
  return inTransaction(needs.across, async (tx) => {
    const alert = { workspaceId, periodFrom, metric, percent, createdAt: needs.clock.now() };
    if (!(await insertAlertIfNoneAcrossWorkspaces(tx, alert))) return false;
    await recordWorkspaceAudit(tx, workspaceId, {
      actorKind: "system",
      action: "budget.reached",
      targetKind: "workspace",
      targetId: workspaceId,
      metadata: { metric, percent, spent, limit },
    });
    await announceEvent(needs, tx, { workspaceId, type: "budget.reached", facts: { metric, percent, spent, limit } });
    const settings = await findSettingsAcrossWorkspaces(tx, workspaceId);
    if (settings?.atCap === "block") return true;
    for (const owner of await listOwnersAcrossWorkspaces(tx, workspaceId, ownersMax)) {
      const place = { publicUrl: needs.config.publicUrl, workspaceId, workspaceName: owner.workspaceName };
      await needs.mailer.send(tx, budgetLetter(place, owner, { ...reached, periodTo }));
    }
    return true;
  });
}
