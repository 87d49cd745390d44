// What people look back on: calls, what runtimes reported about them, and sessions.
import { sql } from "kysely";
import type { ErrorClass, InvocationOutcome } from "~/db/tables/invocations";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";

/** Of whoever called, where `users` and `api_keys` are joined by the principal. */
const callerColumns = [
  "users.displayName as userName",
  "apiKeys.name as keyName",
  "apiKeys.prefix as keyPrefix",
  "apiKeys.revokedAt as keyRevokedAt",
  sql<Date | null>`least(api_keys.expires_at, api_keys.overlap_ends_at)`.as("keyEndsAt"),
] as const;

export type InvocationFilter = {
  agentId: string | null;
  traceId: string | null;
  sessionId: string | null;
  outcome: InvocationOutcome | null;
  errorClass: ErrorClass | null;
  from: Date | null;
  to: Date | null;
  /** Only calls with a smaller id. */
  before: string | null;
  limit: number;
};

/** Newest first; ids sort by time. */
export function listInvocations(tx: Tx, scope: WorkspaceScope, filter: InvocationFilter) {
  return (
    invocations(tx)
      .where("invocations.workspaceId", "=", scope.workspaceId)
      .$if(filter.agentId !== null, (query) => query.where("invocations.agentId", "=", filter.agentId))
      .$if(filter.traceId !== null, (query) => query.where("invocations.traceId", "=", filter.traceId))
      .$if(filter.sessionId !== null, (query) => query.where("invocations.sessionId", "=", filter.sessionId))
      // The value itself, not a parameter: an index holds the failed calls alone.
      .$if(filter.outcome === "error", (query) => query.where(sql<boolean>`invocations.outcome = 'error'`))
      .$if(filter.outcome !== null, (query) => query.where("invocations.outcome", "=", filter.outcome))
      .$if(filter.errorClass !== null, (query) => query.where("invocations.errorClass", "=", filter.errorClass))
      .$if(filter.from !== null, (query) => query.where("invocations.startedAt", ">=", filter.from ?? new Date()))
      .$if(filter.to !== null, (query) => query.where("invocations.startedAt", "<", filter.to ?? new Date()))
      .$if(filter.before !== null, (query) => query.where("invocations.id", "<", filter.before))
      .orderBy("invocations.id", "desc")
      .limit(filter.limit)
      .execute()
  );
}

/** Every call under one trace id, first to last: the id may be the caller's own and name several. */
export function listCallsOfTrace(tx: Tx, scope: WorkspaceScope, filter: { traceId: string; limit: number }) {
  return invocations(tx)
    .leftJoin("users", (join) => join.on(sql<boolean>`users.id = substr(invocations.principal, length('user:') + 1)`))
    .leftJoin("apiKeys", (join) =>
      join
        .onRef("apiKeys.workspaceId", "=", "invocations.workspaceId")
        .on(sql<boolean>`api_keys.id = substr(invocations.principal, length('api_key:') + 1)`),
    )
    .select(callerColumns)
    .select(["deployments.status as deploymentStatus", "deployments.runtime"])
    .where("invocations.workspaceId", "=", scope.workspaceId)
    .where("invocations.traceId", "=", filter.traceId)
    .orderBy("invocations.id")
    .limit(filter.limit)
    .execute();
}

function invocations(tx: Tx) {
  return tx
    .selectFrom("invocations")
    .innerJoin("agents", "agents.id", "invocations.agentId")
    .innerJoin("deployments", "deployments.id", "invocations.deploymentId")
    .selectAll("invocations")
    .select(["agents.name as agentName", "deployments.version"]);
}

/** What runtimes reported about these calls, summed by trace id. */
export function listReportedUsage(tx: Tx, scope: WorkspaceScope, traceIds: string[]) {
  return tx
    .selectFrom("telemetryEvents")
    .select(["traceId", (event) => event.fn.sum<number>("llmTokens").as("llmTokens")])
    .select((event) => event.fn.sum<number>("toolCalls").as("toolCalls"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("traceId", "in", traceIds)
    .groupBy("traceId")
    .limit(traceIds.length)
    .execute();
}

/** The reports under one trace id as they came, first to last. */
export function listEventsOfTrace(tx: Tx, scope: WorkspaceScope, filter: { traceId: string; limit: number }) {
  return tx
    .selectFrom("telemetryEvents")
    .select(["eventId", "deploymentId", "occurredAt", "receivedAt", "requests", "llmTokens", "computeMs", "toolCalls", "errors"])
    .select(["errorClass", "costUsdEstimated"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("traceId", "=", filter.traceId)
    .orderBy("occurredAt")
    .orderBy("eventId")
    .limit(filter.limit)
    .execute();
}

export type SessionFilter = {
  agentId: string;
  /** Only this caller's. */
  principal: string | null;
  /** The last one of the page before. */
  before: { at: Date; id: string } | null;
  limit: number;
};

/** Calls of one session are counted up to this. */
const countedMax = 1_000;

/** Last used first. */
export function listAgentSessions(tx: Tx, scope: WorkspaceScope, filter: SessionFilter) {
  return tx
    .selectFrom("agentSessions")
    .innerJoin("deployments", "deployments.id", "agentSessions.deploymentId")
    .leftJoin("users", (join) => join.on(sql<boolean>`users.id = substr(agent_sessions.principal, length('user:') + 1)`))
    .leftJoin("apiKeys", (join) =>
      join
        .onRef("apiKeys.workspaceId", "=", "agentSessions.workspaceId")
        .on(sql<boolean>`api_keys.id = substr(agent_sessions.principal, length('api_key:') + 1)`),
    )
    .select(callerColumns)
    .select(["agentSessions.id", "agentSessions.deploymentId", "agentSessions.createdAt", "agentSessions.lastUsedAt"])
    .select(["agentSessions.principal", "deployments.version", "deployments.prunedAt"])
    .select(sql<string | null>`deployments.manifest #>> '{sessions,onDeploy}'`.as("onDeploy"))
    .select(
      sql<number>`(select count(*) from (
        select from invocations where invocations.session_id = agent_sessions.id limit ${sql.lit(countedMax)}) as counted)`.as(
        "calls",
      ),
    )
    .where("agentSessions.workspaceId", "=", scope.workspaceId)
    .where("agentSessions.agentId", "=", filter.agentId)
    .$if(filter.principal !== null, (query) => query.where("agentSessions.principal", "=", filter.principal))
    .$if(filter.before !== null, (query) =>
      query.where(
        sql<boolean>`(agent_sessions.last_used_at, agent_sessions.id) < (${filter.before?.at}::timestamptz, ${filter.before?.id})`,
      ),
    )
    .orderBy("agentSessions.lastUsedAt", "desc")
    .orderBy("agentSessions.id", "desc")
    .limit(filter.limit)
    .execute();
}
