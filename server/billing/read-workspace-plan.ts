// One workspace's plan as an operator sees it: what it is, and which of it was given or changed by hand.
import { notFound } from "~/server/errors";
import { planOf } from "~/server/plans/plans";
import { findPlanRowAcrossWorkspaces } from "~/server/plans/plans.queries";
import type { Services } from "~/server/services";
import { findAccountAcrossWorkspaces } from "./accounts.queries";
import type { OperatedPlan } from "./billing.contract";
import { nameOfWorkspaceAcrossWorkspaces } from "./workspace-state.queries";

export async function readWorkspacePlan(needs: Pick<Services, "across">, workspaceId: string): Promise<OperatedPlan> {
  const row = await findPlanRowAcrossWorkspaces(needs.across, workspaceId);
  const name = await nameOfWorkspaceAcrossWorkspaces(needs.across, workspaceId);
  if (!row || name === null) throw notFound("workspace");
  const account = await findAccountAcrossWorkspaces(needs.across, workspaceId);
  return {
    workspaceId,
    name,
    tier: row.tier,
    assignedTier: account ? account.assignedTier : row.tier,
    subscriptionTier: account?.subscriptionTier ?? null,
    subscriptionStatus: account?.subscriptionStatus ?? null,
    plan: planOf(row.tier, row.changes),
    changes: row.changes,
  };
}
