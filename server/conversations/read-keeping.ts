// Whether an agent keeps what is said to it, and how much is there.
import { inWorkspace, type Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import type { ConversationKeeping } from "./conversations.contract";
import { findKeeping } from "./conversations.queries";

type Needs = Pick<Services, "db" | "clock">;

export function readKeeping(needs: Needs, scope: WorkspaceScope, agentId: string): Promise<ConversationKeeping> {
  return inWorkspace(needs.db, scope, (tx) => readKeepingIn(tx, needs, scope, agentId));
}

/** The same inside a transaction that changes it. */
export async function readKeepingIn(
  tx: Tx,
  needs: Pick<Services, "clock">,
  scope: WorkspaceScope,
  agentId: string,
): Promise<ConversationKeeping> {
  const row = await findKeeping(tx, scope, agentId);
  if (!row) throw notFound("agent");
  return {
    agentId,
    isOn: row.keepDays !== null,
    keepDays: row.keepDays,
    keepDaysMax: await readKeepDaysMax(tx, needs, scope),
    since: row.keptSince,
    turnsKept: row.turnsKept ?? 0,
  };
}

/** Conversations are kept no longer than the plan keeps logs. */
export async function readKeepDaysMax(tx: Tx, needs: Pick<Services, "clock">, scope: WorkspaceScope): Promise<number> {
  const plan = await readPlan(tx, scope.workspaceId, needs.clock.now());
  if (!plan) throw notFound("workspace");
  return plan.plan.logRetentionDays;
}
