// The sessions of one agent, last used first: everybody's for whoever may look back on conversations, else the caller's own.
import type { z } from "zod";
import { inWorkspace } from "~/db/transaction";
import { principalName } from "~/server/auth/principal";
import type { WorkspaceScope } from "~/server/auth/scope";
import { invalidField, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { Page } from "~/server/zod-shapes";
import type { AgentSessionItem, ListAgentSessionsInput } from "./invocations.contract";
import { findLoggingAgent } from "./invocations.queries";
import { listAgentSessions as listRows } from "./look-back.queries";
import { nameCaller } from "./name-caller";

type Wish = z.infer<typeof ListAgentSessionsInput> & { isOwnOnly: boolean };

export function listAgentSessions(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  { agentId, cursor, limit, isOwnOnly }: Wish,
): Promise<Page<AgentSessionItem>> {
  const before = cursor === undefined ? null : parseCursor(cursor);
  const self = principalName(scope.principal);
  return inWorkspace(needs.db, scope, async (tx) => {
    if (!(await findLoggingAgent(tx, scope, agentId))) throw notFound("agent");
    const rows = await listRows(tx, scope, { agentId, principal: isOwnOnly ? self : null, before, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map((row) => ({ ...toItem(row, self), caller: nameCaller(row, scope, needs.clock.now()) })),
      nextCursor: rows.length > limit && last ? `${last.lastUsedAt.toISOString()}~${last.id}` : null,
    };
  });
}

function toItem(row: Awaited<ReturnType<typeof listRows>>[number], self: string): Omit<AgentSessionItem, "caller"> {
  return {
    sessionId: row.id,
    deploymentId: row.deploymentId,
    version: row.version,
    calls: row.calls,
    createdAt: row.createdAt,
    lastUsedAt: row.lastUsedAt,
    isOwn: row.principal === self,
    isStranded: row.prunedAt !== null && row.onDeploy !== "move",
  };
}

/** Several may have been used in one millisecond: their ids tell where the page ended. */
function parseCursor(cursor: string): { at: Date; id: string } {
  const [moment = "", id = ""] = cursor.split("~");
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) throw invalidField("cursor", "Send the cursor of the page before, as it came.");
  return { at, id };
}
