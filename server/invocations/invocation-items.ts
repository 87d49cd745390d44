// Rows of calls as people see them: what the gateway measured, beside what the runtime reported under the same trace id.
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { InvocationItem } from "./invocations.contract";
import { type listInvocations, listReportedUsage } from "./look-back.queries";

type Row = Awaited<ReturnType<typeof listInvocations>>[number];

type Reported = { llmTokens: number; toolCalls: number };

export async function reportedByTrace(
  tx: Tx,
  scope: WorkspaceScope,
  rows: readonly Pick<Row, "traceId">[],
): Promise<Map<string | null, Reported>> {
  const traceIds = [...new Set(rows.map((row) => row.traceId))];
  const reported = traceIds.length === 0 ? [] : await listReportedUsage(tx, scope, traceIds);
  return new Map(reported.map((usage) => [usage.traceId, usage]));
}

export function toInvocationItem(row: Row, reported: ReadonlyMap<string | null, Reported>): InvocationItem {
  return {
    traceId: row.traceId,
    agentId: row.agentId,
    agentName: row.agentName,
    deploymentId: row.deploymentId,
    version: row.version,
    sessionId: row.sessionId,
    mode: row.isRecovered ? null : row.mode,
    outcome: row.outcome,
    errorCode: row.errorCode,
    errorClass: row.errorClass,
    errorMessage: row.errorMessage,
    computeMs: row.computeMs,
    firstByteMs: row.firstByteMs,
    llmTokens: reported.get(row.traceId)?.llmTokens ?? null,
    toolCalls: reported.get(row.traceId)?.toolCalls ?? null,
    tokensCharged: row.tokens,
    tokensAreAssumed: row.tokensAreAssumed,
    startedAt: row.startedAt,
  };
}
