// Switches the keeping of an agent's conversations on, or changes for how long: audited, and shown to everybody who sees the agent.
import { inWorkspace } from "~/db/transaction";
import { announceAgentChange } from "~/server/agents/agent-changes";
import { recordAudit } from "~/server/audit/record-audit";
import { principalName } from "~/server/auth/principal";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { ConversationKeeping, KeepConversationsInput } from "./conversations.contract";
import { findKeeping, lockAgentOfKeeping, setKeeping, setTurnsExpiringSooner } from "./conversations.queries";
import { readKeepDaysMax, readKeepingIn } from "./read-keeping";

type Needs = Pick<Services, "db" | "clock" | "redis" | "log">;

/** Calls that begin from now on are kept. Rejects with `LIMIT_EXCEEDED` for more days than the plan keeps. */
export async function keepConversations(
  needs: Needs,
  scope: WorkspaceScope,
  { agentId, keepDays }: KeepConversationsInput,
): Promise<ConversationKeeping> {
  const keeping = await inWorkspace(needs.db, scope, async (tx) => {
    if (!(await lockAgentOfKeeping(tx, scope, agentId))) throw notFound("agent");
    const daysMax = await readKeepDaysMax(tx, needs, scope);
    const days = keepDays ?? daysMax;
    if (days > daysMax) throw tooLong(days, daysMax);
    const before = await findKeeping(tx, scope, agentId);
    if (before?.keepDays === days) return readKeepingIn(tx, needs, scope, agentId);
    await setKeeping(tx, scope, { agentId, keepDays: days, since: needs.clock.now(), setBy: principalName(scope.principal) });
    await setTurnsExpiringSooner(tx, scope, { agentId, keepDays: days });
    await recordAudit(tx, scope, {
      action: "conversation.keep",
      targetKind: "agent",
      targetId: agentId,
      metadata: { days, daysBefore: before?.keepDays ?? 0 },
    });
    return readKeepingIn(tx, needs, scope, agentId);
  });
  await announceAgentChange(needs, agentId);
  return keeping;
}

function tooLong(days: number, daysMax: number): AppError {
  return new AppError("LIMIT_EXCEEDED", `This plan keeps conversations for at most ${daysMax} days. Ask for fewer.`, {
    details: { limitType: "logRetentionDays", period: "plan", current: days, limit: daysMax },
  });
}
