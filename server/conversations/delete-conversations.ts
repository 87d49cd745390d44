// Deletes what an agent kept, of one session or of all; the switch stays as it is.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { DeleteConversationsInput, DeletedConversations } from "./conversations.contract";
import { deleteTurns, hasSession, lockAgentOfKeeping } from "./conversations.queries";

export function deleteConversations(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  { agentId, sessionId }: DeleteConversationsInput,
): Promise<DeletedConversations> {
  return inWorkspace(needs.db, scope, async (tx) => {
    if (!(await lockAgentOfKeeping(tx, scope, agentId))) throw notFound("agent");
    if (sessionId !== undefined && !(await hasSession(tx, scope, { agentId, sessionId }))) throw notFound("session");
    const turnsDeleted = await deleteTurns(tx, scope, { agentId, sessionId: sessionId ?? null });
    const target =
      sessionId === undefined ? { targetKind: "agent", targetId: agentId } : { targetKind: "session", targetId: sessionId };
    await recordAudit(tx, scope, { action: "conversation.delete", ...target, metadata: { agentId, turnsDeleted } });
    return { turnsDeleted };
  });
}
