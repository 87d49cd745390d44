// Ends a session for the caller whose it is: it cannot be gone on with, here and in every gateway within a second (MISSION E1).
import { inWorkspace } from "~/db/transaction";
import { principalName } from "~/server/auth/principal";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { deleteAgentSession } from "./invocations.queries";

/** Rejects with `NOT_FOUND` for anybody else's, exactly as for a missing one. A message under way is answered to its end. */
export async function closeAgentSession(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  { agentId, sessionId }: { agentId: string; sessionId: string },
): Promise<void> {
  const closed = await inWorkspace(needs.db, scope, (tx) =>
    deleteAgentSession(tx, scope, { agentId, sessionId, principal: principalName(scope.principal) }),
  );
  if (!closed) throw notFound("session");
}
