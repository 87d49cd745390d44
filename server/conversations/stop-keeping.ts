// Switches the keeping of an agent's conversations off; what was kept goes at once, or stays until it runs out: whoever switches says which.
import { inWorkspace } from "~/db/transaction";
import { announceAgentChange } from "~/server/agents/agent-changes";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { ConversationKeeping, StopKeepingInput } from "./conversations.contract";
import { deleteKeeping, deleteTurns, lockAgentOfKeeping } from "./conversations.queries";
import { readKeepingIn } from "./read-keeping";

/** Once it resolves nothing more is kept, whatever calls are under way. Doing it twice is fine and audited once. */
export async function stopKeeping(
  needs: Pick<Services, "db" | "clock" | "redis" | "log">,
  scope: WorkspaceScope,
  { agentId, deletesKept }: StopKeepingInput,
): Promise<ConversationKeeping> {
  const keeping = await inWorkspace(needs.db, scope, async (tx) => {
    if (!(await lockAgentOfKeeping(tx, scope, agentId))) throw notFound("agent");
    const wasOn = await deleteKeeping(tx, scope, agentId);
    const turnsDeleted = deletesKept ? await deleteTurns(tx, scope, { agentId, sessionId: null }) : 0;
    if (wasOn || turnsDeleted > 0) {
      const metadata = { turnsDeleted, deletesKept };
      await recordAudit(tx, scope, { action: "conversation.stop", targetKind: "agent", targetId: agentId, metadata });
    }
    return readKeepingIn(tx, needs, scope, agentId);
  });
  await announceAgentChange(needs, agentId);
  return keeping;
}
