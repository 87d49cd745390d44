// Ends a session for the caller whose it is: it cannot be gone on with, here and in every gateway within a second (MISSION E1).
import { inWorkspace } from "~/db/transaction";
import { principalName } from "~/server/auth/principal";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { deleteAgentSession, lockAgentSession } from "./invocations.queries";

/** Rejects with `NOT_FOUND` for anybody else's, exactly as for a missing one. A message under way is answered to its end. */
export async function closeAgentSession(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  { agentId, sessionId }: { agentId: string; sessionId: string },
): Promise<void> {
  await inWorkspace(needs.db, scope, async (tx) => {
    const found = await lockAgentSession(tx, scope, { agentId, sessionId, principal: principalName(scope.principal) });
    if (!found) throw notFound("session");
    await deleteAgentSession(tx, scope, { agentId, sessionId });
  });
}
