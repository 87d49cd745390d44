// Holds the sums of budgets against the calls they sum up, and mends what differs (MISSION E3, G4).
import { inTransaction } from "~/db/transaction";
import { plans } from "~/server/plans/plans";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import { lockPeriodsAcrossWorkspaces } from "./budgets.queries";
import {
  findPeriodAcrossWorkspaces,
  listTouchedPeriodsAcrossWorkspaces,
  type PeriodRow,
  recountPeriodAcrossWorkspaces,
  setSpentAcrossWorkspaces,
} from "./sums.queries";

type Needs = Pick<Services, "across" | "clock" | "log">;

const touchedWithinMs = 2 * 60 * 60_000;
const periodsMax = 1_000;
const dayMs = 86_400_000;

/** Answers in how many periods something was wrong. Calls that end meanwhile wait a moment for their settlement, their callers do not. */
export async function recountBudgets(needs: Needs): Promise<number> {
  const since = new Date(needs.clock.now().getTime() - touchedWithinMs);
  let mended = 0;
  for (const period of await listTouchedPeriodsAcrossWorkspaces(needs.across, since, periodsMax)) {
    if (await recount(needs, period)) mended += 1;
  }
  return mended;
}

async function recount(needs: Needs, period: PeriodRow): Promise<boolean> {
  const { workspaceId } = period;
  const current = await readPlan(needs.across, workspaceId, needs.clock.now());
  const keptDays = plans[current?.tier ?? "free"].telemetryRetentionDays;
  // Its first calls may have been forgotten already, as the plan wants it.
  if (period.periodFrom.getTime() < needs.clock.now().getTime() - keptDays * dayMs) return false;
  return inTransaction(needs.across, async (tx) => {
    await lockPeriodsAcrossWorkspaces(tx, [workspaceId]);
    const [row, sums] = [await findPeriodAcrossWorkspaces(tx, period), await recountPeriodAcrossWorkspaces(tx, period)];
    if (!row) return false;
    const drift = {
      requests: sums.requests - row.requestsSpent,
      computeMs: sums.computeMs - row.computeMsSpent,
      tokens: sums.tokens - row.tokensSpent,
    };
    if (drift.requests === 0 && drift.computeMs === 0 && drift.tokens === 0) return false;
    await setSpentAcrossWorkspaces(tx, period, sums);
    needs.log.error({ workspaceId, drift }, "a budget differed from its calls and was mended");
    return true;
  });
}
