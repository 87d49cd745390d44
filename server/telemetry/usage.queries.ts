// Usage as people look at it: hourly sums of what runtimes reported, and the gateway's own measure of time.
import { sql } from "kysely";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";

export type UsageSpan = {
  /** The start of an hour, and the end, which does not belong to it. */
  from: Date;
  to: Date;
  /** Null: all agents of the workspace. */
  agentId: string | null;
};

/** Calls that percentiles are taken from at most: the newest ones. */
const samplesMax = 100_000;
const agentsMax = 1_000;

export function listUsageHours(tx: Tx, scope: WorkspaceScope, span: UsageSpan) {
  return tx
    .selectFrom("usageHours")
    .select(["hour"])
    .select((row) => [
      row.fn.sum<number>("requests").as("requests"),
      row.fn.sum<number>("llmTokens").as("llmTokens"),
      row.fn.sum<number>("computeMs").as("computeMs"),
      row.fn.sum<number>("toolCalls").as("toolCalls"),
      row.fn.sum<number>("errors").as("errors"),
      row.fn.sum<number>("events").as("events"),
      row.fn.sum<number>("costUsdEstimated").as("costUsdEstimated"),
    ])
    .where("workspaceId", "=", scope.workspaceId)
    .where("hour", ">=", span.from)
    .where("hour", "<", span.to)
    .$if(span.agentId !== null, (query) => query.where("agentId", "=", span.agentId))
    .groupBy("hour")
    .limit(hoursOf(span))
    .execute();
}

/** How many calls the gateway handed to runtimes, and how long they took. */
export function findLatency(tx: Tx, scope: WorkspaceScope, span: UsageSpan) {
  const newest = tx
    .selectFrom("invocations")
    .select("computeMs")
    .where("workspaceId", "=", scope.workspaceId)
    .where("startedAt", ">=", span.from)
    .where("startedAt", "<", span.to)
    .$if(span.agentId !== null, (query) => query.where("agentId", "=", span.agentId))
    .orderBy("startedAt", "desc")
    .limit(samplesMax)
    .as("newest");
  return tx
    .selectFrom(newest)
    .select([percentile(0.5).as("p50Ms"), percentile(0.95).as("p95Ms"), percentile(0.99).as("p99Ms")])
    .executeTakeFirst();
}

export async function countInvocations(tx: Tx, scope: WorkspaceScope, span: UsageSpan): Promise<number> {
  const row = await tx
    .selectFrom("invocations")
    .select((invocation) => invocation.fn.countAll<number>().as("calls"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("startedAt", ">=", span.from)
    .where("startedAt", "<", span.to)
    .$if(span.agentId !== null, (query) => query.where("agentId", "=", span.agentId))
    .executeTakeFirst();
  return row?.calls ?? 0;
}

export function listUsageHoursByAgent(tx: Tx, scope: WorkspaceScope, span: UsageSpan) {
  return tx
    .selectFrom("usageHours")
    .select(["agentId", "hour"])
    .select((row) => [row.fn.sum<number>("requests").as("requests"), row.fn.sum<number>("errors").as("errors")])
    .where("workspaceId", "=", scope.workspaceId)
    .where("hour", ">=", span.from)
    .where("hour", "<", span.to)
    .groupBy(["agentId", "hour"])
    .limit(agentsMax * hoursOf(span))
    .execute();
}

export function listLatencyByAgent(tx: Tx, scope: WorkspaceScope, span: UsageSpan) {
  return tx
    .selectFrom("invocations")
    .select(["agentId", percentile(0.95).as("p95Ms")])
    .where("workspaceId", "=", scope.workspaceId)
    .where("startedAt", ">=", span.from)
    .where("startedAt", "<", span.to)
    .groupBy("agentId")
    .limit(agentsMax)
    .execute();
}

export function listAgentIds(tx: Tx, scope: WorkspaceScope) {
  return tx
    .selectFrom("agents")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("deletedAt", "is", null)
    .orderBy("id")
    .limit(agentsMax)
    .execute();
}

export function findAgentId(tx: Tx, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("agents")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", agentId)
    .where("deletedAt", "is", null)
    .executeTakeFirst();
}

function percentile(share: number) {
  return sql<number | null>`percentile_disc(${sql.lit(share)}) within group (order by compute_ms)`;
}

function hoursOf({ from, to }: UsageSpan): number {
  return Math.ceil((to.getTime() - from.getTime()) / 3_600_000);
}
