// What the gateway reads and writes: targets of calls, sessions, and one row per call; and what people look back on.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { Tier } from "~/db/tables/workspaces";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { AgentCoreWish } from "~/server/plans/judge-act";

/** An agent and the deployment it would answer with; null columns when it has none. */
export function findAgentTargetAcrossWorkspaces(db: Db, agentId: string) {
  return targets(db)
    .leftJoin("deployments", (join) =>
      join.onRef("deployments.id", "=", "agents.activeDeploymentId").onRef("deployments.agentId", "=", "agents.id"),
    )
    .select(targetColumns)
    .where("agents.id", "=", agentId)
    .executeTakeFirst();
}

/** The same for one chosen deployment, whatever its status. */
export function findDeploymentTargetAcrossWorkspaces(db: Db, deploymentId: string) {
  return targets(db)
    .innerJoin("deployments", "deployments.agentId", "agents.id")
    .select(targetColumns)
    .where("deployments.id", "=", deploymentId)
    .executeTakeFirst();
}

function targets(db: Db) {
  return db
    .selectFrom("agents")
    .innerJoin("workspaces", "workspaces.id", "agents.workspaceId")
    .leftJoin("planOverrides", "planOverrides.workspaceId", "agents.workspaceId")
    .select(["agents.id as agentId", "agents.workspaceId", "agents.disabledAt", "agents.deletedAt", "workspaces.tier"])
    .select(["agents.callsPerMinuteMax", "agents.concurrencyMax"])
    .select(({ exists, selectFrom }) =>
      exists(selectFrom("conversationSettings").select("keepDays").whereRef("conversationSettings.agentId", "=", "agents.id")).as(
        "keepsConversations",
      ),
    )
    .select([
      "planOverrides.changes as planChanges",
      sql<number>`(select count(*) from agents older
        where older.workspace_id = agents.workspace_id and older.deleted_at is null and older.id < agents.id)`.as("place"),
    ]);
}

const targetColumns = [
  "deployments.id as deploymentId",
  "deployments.status",
  "deployments.runtime",
  "deployments.prunedAt",
  sql<number | null>`(deployments.manifest #>> '{limits,timeoutMs}')::int`.as("timeoutMs"),
  sql<string | null>`deployments.manifest #>> '{sessions,onDeploy}'`.as("onDeploy"),
  sql<string | null>`deployments.manifest #>> '{sessions,whileBusy}'`.as("whileBusy"),
  sql<AgentCoreWish>`deployments.manifest -> 'agentcore'`.as("agentCore"),
] as const;

export type SessionRow = {
  id: string;
  workspaceId: string;
  agentId: string;
  deploymentId: string;
  principal: string;
  lastUsedAt: Date;
};

export function findAgentSessionAcrossWorkspaces(db: Db, sessionId: string): Promise<SessionRow | undefined> {
  return db
    .selectFrom("agentSessions")
    .select(["id", "workspaceId", "agentId", "deploymentId", "principal", "lastUsedAt"])
    .where("id", "=", sessionId)
    .executeTakeFirst();
}

export async function insertAgentSessionsAcrossWorkspaces(db: Db, rows: SessionRow[]): Promise<void> {
  const begun = rows.map(({ id, workspaceId, agentId, deploymentId, principal, lastUsedAt }) => ({
    id,
    workspace_id: workspaceId,
    agent_id: agentId,
    deployment_id: deploymentId,
    principal,
    last_used_at: lastUsedAt,
  }));
  await sql`
    insert into agent_sessions (id, workspace_id, agent_id, deployment_id, principal, last_used_at)
    select * from json_to_recordset(${JSON.stringify(begun)}::json) as row (id text, workspace_id text, agent_id text,
      deployment_id text, principal text, last_used_at timestamptz)`.execute(db);
}

/** Moves sessions to the deployment they now run on and notes their use. A session is never moved back in time. */
export async function setAgentSessionsUsedAcrossWorkspaces(db: Db, rows: SessionRow[]): Promise<void> {
  const used = JSON.stringify(rows.map((row) => ({ id: row.id, deployment_id: row.deploymentId, last_used_at: row.lastUsedAt })));
  await sql`
    update agent_sessions as session
    set deployment_id = used.deployment_id, last_used_at = used.last_used_at
    from (
      select distinct on (id) * from json_to_recordset(${used}::json) as row (id text, deployment_id text, last_used_at timestamptz)
      order by id, last_used_at desc
    ) as used
    where session.id = used.id and session.last_used_at <= used.last_used_at`.execute(db);
}

/** Answers how many rows went. */
export async function deleteInvocationsAcrossWorkspaces(
  db: Db,
  old: { tier: Tier; before: Date; limit: number },
): Promise<number> {
  const result = await db
    .deleteFrom("invocations")
    .where("id", "in", (query) =>
      query
        .selectFrom("invocations")
        .innerJoin("workspaces", "workspaces.id", "invocations.workspaceId")
        .select("invocations.id")
        .where("workspaces.tier", "=", old.tier)
        .where("invocations.startedAt", "<", old.before)
        .limit(old.limit),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** True: it was there, and this caller's. Locks it, so that of two who close it the later one finds nothing. */
export async function lockAgentSession(
  tx: Tx,
  scope: WorkspaceScope,
  of: { agentId: string; sessionId: string; principal: string },
): Promise<boolean> {
  const row = await tx
    .selectFrom("agentSessions")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", of.agentId)
    .where("id", "=", of.sessionId)
    .where("principal", "=", of.principal)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteAgentSession(
  tx: Tx,
  scope: WorkspaceScope,
  of: { agentId: string; sessionId: string },
): Promise<void> {
  await tx
    .deleteFrom("agentSessions")
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", of.agentId)
    .where("id", "=", of.sessionId)
    .execute();
}

/** The agent as its logs are asked for. */
export function findLoggingAgent(tx: Tx, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("agents")
    .leftJoin("deployments", "deployments.id", "agents.activeDeploymentId")
    .select(["agents.id as agentId", "deployments.id as deploymentId", "deployments.runtime"])
    .where("agents.workspaceId", "=", scope.workspaceId)
    .where("agents.id", "=", agentId)
    .where("agents.deletedAt", "is", null)
    .executeTakeFirst();
}
