// One session of an agent: whose it is, where it runs, what it cost, and whether its words are kept. Never the words themselves.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { findLoggingAgent } from "./invocations.queries";
import { nameCaller } from "./name-caller";
import type { InspectSessionInput, SessionDetail } from "./sessions.contract";
import { findInspectedSession } from "./sessions.queries";

/** Of a closed session what its calls tell is answered for as long as they are on record; then it is `NOT_FOUND`. */
export function inspectSession(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  { agentId, sessionId }: InspectSessionInput,
): Promise<SessionDetail> {
  return inWorkspace(needs.db, scope, async (tx) => {
    if (!(await findLoggingAgent(tx, scope, agentId))) throw notFound("agent");
    const row = await findInspectedSession(tx, scope, { agentId, sessionId, now: needs.clock.now() });
    if (!row) throw notFound("session");
    const { isOpen, isKept, turnsKept, keptUntil, calls, ok, failed, aborted, assumed, ...known } = row;
    const { deploymentId, version, createdAt, lastUsedAt, tokens, computeMs } = known;
    return {
      sessionId,
      agentId,
      state: isOpen ? "open" : "closed",
      deploymentId,
      version,
      principal: nameCaller(known, scope, needs.clock.now()),
      createdAt,
      lastUsedAt,
      calls: { total: calls, ok, failed, aborted, assumed },
      tokens,
      computeMs,
      conversation: { isKept, turnsKept, keptUntil },
    };
  });
}
