// An operator gives a workspace a plan, or takes the gift back. What is paid for counts beside it; the higher one holds (MISSION H3).
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit, recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { notFound } from "~/server/errors";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import {
  insertAccountIfAbsentAcrossWorkspaces,
  lockAccountAcrossWorkspaces,
  updateAccountAcrossWorkspaces,
} from "./accounts.queries";
import type { AssignTierInput, WorkspacePlan } from "./billing.contract";
import { setTier } from "./set-tier";
import { tellOfChange } from "./tell-of-change";

type Needs = Pick<Services, "across" | "clock" | "config" | "mailer">;
export type Operator = { operator: UserPrincipal; visitor: Visitor };

export function assignTier(needs: Needs, by: Operator, { workspaceId, tier, reason }: AssignTierInput): Promise<WorkspacePlan> {
  const now = needs.clock.now();
  const { traceId, ipAddress } = by.visitor;
  return inTransaction(needs.across, async (tx) => {
    await insertAccountIfAbsentAcrossWorkspaces(tx, workspaceId, now);
    const before = await lockAccountAcrossWorkspaces(tx, workspaceId);
    if (!before) throw notFound("workspace");
    const assignedTier = tier === "free" ? null : tier;
    const after = { ...before, assignedTier };
    await updateAccountAcrossWorkspaces(tx, workspaceId, { assignedTier });
    const act = {
      action: "billing.plan_assign",
      targetKind: "workspace",
      targetId: workspaceId,
      metadata: { tier, from: before.assignedTier ?? "free", reason },
    };
    await recordWorkspaceAudit(tx, workspaceId, { ...act, actorKind: "operator", traceId });
    const change = await setTier(tx, after, now, { actorKind: "operator", traceId, cause: "assigned" });
    await recordPlatformAudit(tx, { ...act, actorKind: "user", actorId: by.operator.userId, traceId, ipAddress });
    await tellOfChange(tx, needs, { before, after, change });
    const plan = await readPlan(tx, workspaceId, now);
    if (!plan) throw notFound("workspace");
    return { workspaceId, tier: plan.tier, plan: plan.plan };
  });
}
