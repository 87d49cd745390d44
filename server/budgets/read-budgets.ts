// The budgets of a workspace's period: used, reserved, and where the pace leads to.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Period } from "~/server/plans/period-of";
import { sumUsageAcrossWorkspaces } from "~/server/plans/plans.queries";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import type { BudgetItem, Budgets } from "./budgets.contract";
import { findPeriodAcrossWorkspaces, findSettingsAcrossWorkspaces, listAlerts } from "./sums.queries";

const hourMs = 3_600_000;

export function readBudgets(needs: Pick<Services, "db" | "clock">, scope: WorkspaceScope): Promise<Budgets> {
  const now = needs.clock.now();
  const { workspaceId } = scope;
  return inWorkspace(needs.db, scope, async (tx) => {
    const current = await readPlan(tx, workspaceId, now);
    if (!current) throw notFound("workspace");
    const { plan, period } = current;
    const row = await findPeriodAcrossWorkspaces(tx, { workspaceId, periodFrom: period.from });
    const settings = await findSettingsAcrossWorkspaces(tx, workspaceId);
    const alerts = await listAlerts(tx, scope, period.from);
    // Calls are judged by the larger of what gateways counted and what runtimes reported: nothing else is to be read here.
    const reported = await sumUsageAcrossWorkspaces(tx, workspaceId, period.from);
    const larger = (counted = 0, other: number) => Math.max(counted, other);
    const item = (metric: BudgetItem["metric"], limit: number, spent: number, reserved = 0): BudgetItem => {
      return { metric, limit, spent, reserved, forecast: forecastOf(spent, period, now) };
    };
    return {
      periodFrom: period.from,
      periodTo: period.to,
      items: [
        item("requests", plan.requestsMax, larger(row?.requestsSpent, reported.requests), row?.requestsHeld),
        item("compute_ms", plan.computeMsMax, larger(row?.computeMsSpent, reported.computeMs), row?.computeMsHeld),
        item("tokens", plan.tokensMax, larger(row?.tokensSpent, reported.tokens), row?.tokensHeld),
      ],
      atCap: settings?.atCap ?? "notify_and_block",
      told: alerts.map(({ createdAt, ...alert }) => ({ ...alert, at: createdAt })),
    };
  });
}

function forecastOf(spent: number, { from, to }: Period, now: Date): number | null {
  const goneMs = now.getTime() - from.getTime();
  if (goneMs < hourMs) return null;
  return Math.round((spent / goneMs) * (to.getTime() - from.getTime()));
}
