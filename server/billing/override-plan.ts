// An operator changes single limits of one workspace, or takes all such changes back (MISSION H3).
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit, recordWorkspaceAudit } from "~/server/audit/record-audit";
import { notFound } from "~/server/errors";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import { lockTierAcrossWorkspaces } from "./accounts.queries";
import type { Operator } from "./assign-tier";
import type { OverridePlanInput, WorkspacePlan } from "./billing.contract";
import { deletePlanOverrideAcrossWorkspaces, upsertPlanOverrideAcrossWorkspaces } from "./overrides.queries";

export function overridePlan(
  needs: Pick<Services, "across" | "clock">,
  by: Operator,
  { workspaceId, changes, reason }: OverridePlanInput,
): Promise<WorkspacePlan> {
  const now = needs.clock.now();
  const { traceId, ipAddress } = by.visitor;
  return inTransaction(needs.across, async (tx) => {
    if (!(await lockTierAcrossWorkspaces(tx, workspaceId))) throw notFound("workspace");
    if (changes === null) await deletePlanOverrideAcrossWorkspaces(tx, workspaceId);
    else {
      const override = { changes: JSON.stringify(changes), reason, setBy: by.operator.userId, setAt: now };
      await upsertPlanOverrideAcrossWorkspaces(tx, { workspaceId, ...override });
    }
    const act = {
      action: "billing.plan_override",
      targetKind: "workspace",
      targetId: workspaceId,
      metadata: { changes: changes ?? "none", reason },
    };
    await recordWorkspaceAudit(tx, workspaceId, { ...act, actorKind: "operator", traceId });
    await recordPlatformAudit(tx, { ...act, actorKind: "user", actorId: by.operator.userId, traceId, ipAddress });
    const plan = await readPlan(tx, workspaceId, now);
    if (!plan) throw notFound("workspace");
    return { workspaceId, tier: plan.tier, plan: plan.plan };
  });
}
