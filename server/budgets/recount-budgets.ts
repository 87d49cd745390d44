// Holds the sums of budgets against the calls they sum up, and mends what differs (MISSION E3, G4).
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { plans } from "~/server/plans/plans";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import { lockPeriodsAcrossWorkspaces } from "./budgets.queries";
import {
  deleteOldRecountsAcrossWorkspaces,
  findPeriodAcrossWorkspaces,
  insertRecountAcrossWorkspaces,
  listTouchedPeriodsAcrossWorkspaces,
  type PeriodRow,
  recountPeriodAcrossWorkspaces,
  setSpentAcrossWorkspaces,
} from "./sums.queries";

type Needs = Pick<Services, "across" | "clock" | "log">;

const touchedWithinMs = 2 * 60 * 60_000;
const periodsMax = 1_000;
const dayMs = 86_400_000;
const reportsKeptDays = 400;
const reportsPerRun = 5_000;

type Drift = { requests: number; computeMs: number; tokens: number };

/** Answers in how many periods something was wrong. Calls that end meanwhile wait a moment for their settlement, their callers do not. */
export async function recountBudgets(needs: Needs): Promise<number> {
  const startedAt = needs.clock.now();
  const since = new Date(startedAt.getTime() - touchedWithinMs);
  const drifts: Drift[] = [];
  const periods = await listTouchedPeriodsAcrossWorkspaces(needs.across, since, periodsMax);
  for (const period of periods) {
    const drift = await recount(needs, period);
    if (drift) drifts.push(drift);
  }
  const sumOf = (metric: keyof Drift) => drifts.reduce((sum, drift) => sum + Math.abs(drift[metric]), 0);
  await insertRecountAcrossWorkspaces(needs.across, {
    startedAt,
    finishedAt: needs.clock.now(),
    periodsChecked: periods.length,
    periodsMended: drifts.length,
    requestsDrift: sumOf("requests"),
    computeMsDrift: sumOf("computeMs"),
    tokensDrift: sumOf("tokens"),
  });
  await deleteOldRecountsAcrossWorkspaces(needs.across, new Date(startedAt.getTime() - reportsKeptDays * dayMs), reportsPerRun);
  return drifts.length;
}

/** Null: nothing was wrong. */
async function recount(needs: Needs, period: PeriodRow): Promise<Drift | null> {
  const { workspaceId } = period;
  const current = await readPlan(needs.across, workspaceId, needs.clock.now());
  const keptDays = plans[current?.tier ?? "free"].telemetryRetentionDays;
  // Its first calls may have been forgotten already, as the plan wants it.
  if (period.periodFrom.getTime() < needs.clock.now().getTime() - keptDays * dayMs) return null;
  return inTransaction(needs.across, async (tx) => {
    await lockPeriodsAcrossWorkspaces(tx, [workspaceId]);
    const [row, sums] = [await findPeriodAcrossWorkspaces(tx, period), await recountPeriodAcrossWorkspaces(tx, period)];
    if (!row) return null;
    const drift: Drift = {
      requests: sums.requests - row.requestsSpent,
      computeMs: sums.computeMs - row.computeMsSpent,
      tokens: sums.tokens - row.tokensSpent,
    };
    if (drift.requests === 0 && drift.computeMs === 0 && drift.tokens === 0) return null;
    await setSpentAcrossWorkspaces(tx, period, sums);
    await recordWorkspaceAudit(tx, workspaceId, {
      actorKind: "system",
      action: "budget.repair",
      targetKind: "workspace",
      targetId: workspaceId,
      metadata: { ...drift },
    });
    needs.log.error({ workspaceId, drift }, "a budget differed from its calls and was mended");
    return drift;
  });
}
