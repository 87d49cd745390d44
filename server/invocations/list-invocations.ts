// Calls as people look back on them, narrowed by agent, session, outcome, error or time.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import type { Page } from "~/server/zod-shapes";
import { reportedByTrace, toInvocationItem } from "./invocation-items";
import type { InvocationItem, ListInvocationsInput } from "./invocations.contract";
import { listInvocations as listRows } from "./look-back.queries";

/** Newest first. */
export function listInvocations(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  { cursor, limit, ...asked }: ListInvocationsInput,
): Promise<Page<InvocationItem>> {
  const filter = {
    agentId: asked.agentId ?? null,
    traceId: asked.traceId ?? null,
    sessionId: asked.sessionId ?? null,
    outcome: asked.outcome ?? null,
    errorClass: asked.errorClass ?? null,
    from: asked.from ?? null,
    to: asked.to ?? null,
    before: cursor ?? null,
    limit: limit + 1,
  };
  return inWorkspace(needs.db, scope, async (tx) => {
    const rows = await listRows(tx, scope, filter);
    const shown = rows.slice(0, limit);
    const reported = await reportedByTrace(tx, scope, shown);
    const items = shown.map((row) => toInvocationItem(row, reported));
    return { items, nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
  });
}
