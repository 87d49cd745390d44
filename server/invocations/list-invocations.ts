// Calls as people look back on them: what the gateway measured, beside what the runtime reported under the same trace id.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import type { Page } from "~/server/zod-shapes";
import type { InvocationItem, ListInvocationsInput } from "./invocations.contract";
import { listReportedUsage, listInvocations as listRows } from "./invocations.queries";

/** Newest first. */
export function listInvocations(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  input: ListInvocationsInput,
): Promise<Page<InvocationItem>> {
  const { agentId = null, traceId = null, cursor: before = null, limit } = input;
  return inWorkspace(needs.db, scope, async (tx) => {
    const rows = await listRows(tx, scope, { agentId, traceId, before, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const reported = shown.length === 0 ? [] : await listReportedUsage(tx, scope, [...new Set(shown.map((row) => row.traceId))]);
    const byTrace = new Map(reported.map((usage) => [usage.traceId, usage]));
    const items = shown.map(({ id: _id, workspaceId: _workspaceId, principal: _principal, createdAt: _createdAt, ...row }) => ({
      ...row,
      llmTokens: byTrace.get(row.traceId)?.llmTokens ?? null,
      toolCalls: byTrace.get(row.traceId)?.toolCalls ?? null,
    }));
    return { items, nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
  });
}
