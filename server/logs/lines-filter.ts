// What a caller asks for, as the queries take it: a span that ends now unless said otherwise, and no longer than lines are kept.
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { invalidField, notFound } from "~/server/errors";
import { keptSince } from "~/server/plans/kept-since";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import type { LogFilter } from "./logs.contract";
import { hasAgent, type LinesFilter } from "./logs.queries";

/** A line that is written at this very moment is in. */
const aheadMs = 60_000;

/** Rejects with `NOT_FOUND` for an agent that is not the workspace's. */
export async function readLinesFilter(
  tx: Tx,
  needs: Pick<Services, "clock">,
  scope: WorkspaceScope,
  asked: LogFilter,
): Promise<LinesFilter> {
  if (!(await hasAgent(tx, scope, asked.agentId))) throw notFound("agent");
  const now = needs.clock.now();
  const plan = await readPlan(tx, scope.workspaceId, now);
  if (!plan) throw notFound("workspace");
  const earliest = keptSince(plan.plan, now).output;
  const wished = asked.from === undefined ? earliest : new Date(asked.from);
  const from = new Date(Math.max(wished.getTime(), earliest.getTime()));
  const to = asked.to === undefined ? new Date(now.getTime() + aheadMs) : new Date(asked.to);
  if (asked.from !== undefined && to <= wished) throw invalidField("to", "The end comes before the beginning.");
  const { agentId, search, stream = null, deploymentId = null, traceId = null, sessionId = null } = asked;
  return { agentId, search: search ? search : null, stream, deploymentId, traceId, sessionId, from, to };
}

/** How many lines are looked at for a page: without a wish each one fits. */
export function scannedMaxFor({ search, stream, deploymentId, traceId, sessionId }: LinesFilter, limit: number): number {
  const isFiltered = [search, stream, deploymentId, traceId, sessionId].some((wish) => wish !== null);
  return isFiltered ? Math.max(searchedAtOnceMax, limit) : limit;
}

/** So that no search of a large log holds the database for long: a page that ends before it found enough goes on in the next. */
export const searchedAtOnceMax = 5_000;
