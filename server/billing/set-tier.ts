// The one place that changes a workspace's plan: to what its account entitles it to at this moment, and nothing else (MISSION H2, T3).

import type { Tier } from "~/db/tables/workspaces";
import type { Tx } from "~/db/transaction";
import { recordWorkspaceAudit, type UnscopedAuditAct } from "~/server/audit/record-audit";
import { type AccountRow, lockTierAcrossWorkspaces, setTierIfAcrossWorkspaces } from "./accounts.queries";
import { entitledTier } from "./judge-subscription";

export type TierChange = { from: Tier; to: Tier; workspaceName: string };

type Cause = Pick<UnscopedAuditAct, "actorKind" | "actorId" | "traceId" | "ipAddress"> & { cause: string };

/** `account` was read under its lock, in this transaction. Null: the plan is what it should be, or the workspace is gone. */
export async function setTier(tx: Tx, account: AccountRow, now: Date, { cause, ...actor }: Cause): Promise<TierChange | null> {
  const { workspaceId } = account;
  const workspace = await lockTierAcrossWorkspaces(tx, workspaceId);
  const to = entitledTier(account, now);
  if (!workspace || workspace.tier === to) return null;
  const from = workspace.tier;
  await setTierIfAcrossWorkspaces(tx, workspaceId, { from, to });
  await recordWorkspaceAudit(tx, workspaceId, {
    ...actor,
    action: "billing.plan_change",
    targetKind: "workspace",
    targetId: workspaceId,
    metadata: { from, to, cause },
  });
  return { from, to, workspaceName: workspace.name };
}
