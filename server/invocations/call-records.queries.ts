// Calls that have ended, as they are written down: by one function of the database for a group.
import { sql } from "kysely";
import { plainArray, wordArray } from "~/db/array-text";
import type { Db } from "~/db/client";
import type { InvocationsTable } from "~/db/tables/invocations";
import type { Reservation } from "~/server/budgets/lease-pool";

export type NewInvocation = Omit<InvocationsTable, "createdAt" | "isRecovered" | "reachedRuntime" | "tokensAreAssumed"> & {
  /** False unless it says otherwise. */
  tokensAreAssumed?: boolean;
  /** True unless it says otherwise. */
  reachedRuntime?: boolean;
};

/** With what it held of its workspace's budget. */
export type EndedCall = { row: NewInvocation; reservation: Reservation };

/**
 * Writes calls down and settles what they held, in one statement and transaction (`take_calls` of the database). What is there already
 * was written by an attempt whose answer got lost: it is not settled again.
 */
export async function takeCallsAcrossWorkspaces(db: Db, ended: readonly EndedCall[], settledAt: Date): Promise<void> {
  const { sources, places } = sourcesOf(ended);
  const numbers = (of: (row: NewInvocation) => number | null) => plainArray(ended.map(({ row }) => of(row)));
  const facts = (of: (row: NewInvocation) => boolean) => plainArray(ended.map(({ row }) => of(row)));
  const words = (of: (row: NewInvocation) => string | null) => wordArray(ended.map(({ row }) => of(row)));
  await sql`
    select take_calls(${JSON.stringify(sources)}, ${plainArray(places)}, ${words((row) => row.id)}, ${words((row) => row.traceId)},
      ${words((row) => row.sessionId)}, ${words((row) => row.startedAt.toISOString())}, ${numbers((row) => row.computeMs)},
      ${numbers((row) => row.tokens)}, ${numbers((row) => row.firstByteMs)}, ${words((row) => row.outcome)},
      ${words((row) => row.errorCode)}, ${words((row) => row.errorClass)}, ${words((row) => row.errorMessage)},
      ${facts((row) => row.reachedRuntime ?? true)}, ${facts((row) => row.tokensAreAssumed ?? false)}, ${settledAt})`.execute(db);
}

/** Whose calls they are and what each of them held is sent once for all that agree in it. */
function sourcesOf(ended: readonly EndedCall[]) {
  const known = new Map<string, number>();
  const sources: Record<string, string | number>[] = [];
  const places = ended.map(({ row, reservation: { leaseId, hold } }) => {
    const name = `${row.deploymentId} ${row.principal} ${row.mode} ${leaseId}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    known.set(name, sources.length);
    const { workspaceId, agentId, deploymentId, principal, mode } = row;
    const whose = { workspace_id: workspaceId, agent_id: agentId, deployment_id: deploymentId, principal, mode };
    const held = { lease_id: leaseId, held_compute_ms: hold.computeMs, held_tokens: hold.tokens };
    return sources.push({ of_place: sources.length, ...whose, ...held }) - 1;
  });
  return { sources, places };
}
