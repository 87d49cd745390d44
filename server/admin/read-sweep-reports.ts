// What the sweeps of the meter wrote down, for whoever operates the platform: what went, what had drifted, what was lost.
import type { Services } from "~/server/services";
import type { SweepReports } from "./admin.contract";
import {
  findRecoveredCallsAcrossWorkspaces,
  findReportSumsAcrossWorkspaces,
  findStrayCountsAcrossWorkspaces,
  listBudgetRecountsAcrossWorkspaces,
  listTelemetrySweepsAcrossWorkspaces,
  listUsageRecountsAcrossWorkspaces,
} from "./sweep-reports.queries";

const runsMax = 40;
const days = 7;
const dayMs = 86_400_000;

export async function readSweepReports({ across, clock }: Pick<Services, "across" | "clock">): Promise<SweepReports> {
  const since = new Date(clock.now().getTime() - days * dayMs);
  const [telemetry, recounts, budgets, recovered, reports, strays] = await Promise.all([
    listTelemetrySweepsAcrossWorkspaces(across, runsMax),
    listUsageRecountsAcrossWorkspaces(across, runsMax),
    listBudgetRecountsAcrossWorkspaces(across, runsMax),
    findRecoveredCallsAcrossWorkspaces(across, since),
    findReportSumsAcrossWorkspaces(across, since),
    findStrayCountsAcrossWorkspaces(across, since),
  ]);
  return {
    days,
    telemetry: telemetry.map(withTime),
    recounts: recounts.map(withTime),
    budgetRecounts: budgets.map(withTime),
    recovered,
    reports,
    strays,
  };
}

function withTime<Run extends { startedAt: Date; finishedAt: Date }>({ startedAt, ...run }: Run) {
  return { ...run, tookMs: run.finishedAt.getTime() - startedAt.getTime() };
}
