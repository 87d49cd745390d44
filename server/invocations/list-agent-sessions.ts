// The sessions of one agent, last used first.
import type { z } from "zod";
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { invalidField, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { Page } from "~/server/zod-shapes";
import type { AgentSessionItem, ListAgentSessionsInput } from "./invocations.contract";
import { findLoggingAgent, listAgentSessions as listRows } from "./invocations.queries";

export function listAgentSessions(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  input: z.infer<typeof ListAgentSessionsInput>,
): Promise<Page<z.infer<typeof AgentSessionItem>>> {
  const { agentId, cursor, limit } = input;
  const before = cursor === undefined ? null : parseCursor(cursor);
  return inWorkspace(needs.db, scope, async (tx) => {
    if (!(await findLoggingAgent(tx, scope, agentId))) throw notFound("agent");
    const rows = await listRows(tx, scope, { agentId, before, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(({ id, ...row }) => ({ ...row, sessionId: id })),
      nextCursor: rows.length > limit && last ? last.lastUsedAt.toISOString() : null,
    };
  });
}

function parseCursor(cursor: string): Date {
  const moment = new Date(cursor);
  if (Number.isNaN(moment.getTime())) throw invalidField("cursor", "Send the cursor of the page before, as it came.");
  return moment;
}
