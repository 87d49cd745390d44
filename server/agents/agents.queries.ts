// Agents as rows, each with what its newest and its live deployment say about it.
import { type Selectable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { AgentsTable } from "~/db/tables/agents";
import type { WorkspaceScope } from "~/server/auth/scope";

export type NewAgent = Pick<Selectable<AgentsTable>, "id" | "name" | "description" | "ownerUserId" | "createdAt"> &
  Partial<Pick<Selectable<AgentsTable>, "callsPerMinuteMax" | "concurrencyMax">>;
export type AgentChange = Partial<
  Pick<
    Selectable<AgentsTable>,
    "name" | "description" | "preferredRuntime" | "callsPerMinuteMax" | "concurrencyMax" | "disabledAt" | "deletedAt"
  >
>;

/** Whoever gives a name or takes up room in a workspace holds this lock, so that names and limits hold exactly. */
export function lockWorkspace(tx: Db, scope: WorkspaceScope) {
  return tx.selectFrom("workspaces").select("tier").where("id", "=", scope.workspaceId).forUpdate().executeTakeFirst();
}

export async function countAgents(tx: Db, scope: WorkspaceScope): Promise<number> {
  const row = await tx
    .selectFrom("agents")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("deletedAt", "is", null)
    .executeTakeFirstOrThrow();
  return row.count;
}

export function findAgentByName(tx: Db, scope: WorkspaceScope, name: string) {
  return tx
    .selectFrom("agents")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("name", "=", name)
    .where("deletedAt", "is", null)
    .executeTakeFirst();
}

export async function insertAgent(tx: Db, scope: WorkspaceScope, agent: NewAgent): Promise<void> {
  const nothingYet = { activeDeploymentId: null, disabledAt: null, deletedAt: null };
  await tx
    .insertInto("agents")
    .values({ ...agent, ...nothingYet, workspaceId: scope.workspaceId, updatedAt: agent.createdAt })
    .execute();
}

/** Whether the agent was there to be changed. */
export async function updateAgentRow(
  tx: Db,
  scope: WorkspaceScope,
  agentId: string,
  change: AgentChange & { updatedAt: Date },
): Promise<boolean> {
  const result = await tx
    .updateTable("agents")
    .set(change)
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", agentId)
    .where("deletedAt", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

function selectAgents(tx: Db, scope: WorkspaceScope) {
  return tx
    .selectFrom("agents")
    .leftJoin("deployments as live", (join) =>
      join.onRef("live.id", "=", "agents.activeDeploymentId").onRef("live.workspaceId", "=", "agents.workspaceId"),
    )
    .leftJoinLateral(
      ({ selectFrom }) =>
        selectFrom("deployments")
          .select(["deployments.status", "deployments.createdAt"])
          .whereRef("deployments.agentId", "=", "agents.id")
          .whereRef("deployments.workspaceId", "=", "agents.workspaceId")
          .orderBy("deployments.version", "desc")
          .limit(1)
          .as("newest"),
      (join) => join.onTrue(),
    )
    .leftJoin("conversationSettings as keeping", (join) =>
      join.onRef("keeping.agentId", "=", "agents.id").onRef("keeping.workspaceId", "=", "agents.workspaceId"),
    )
    .select([
      "agents.id",
      "agents.name",
      "agents.description",
      "agents.ownerUserId",
      "agents.activeDeploymentId",
      "agents.preferredRuntime",
      "agents.callsPerMinuteMax",
      "agents.concurrencyMax",
      "agents.disabledAt",
      "agents.createdAt",
      "agents.updatedAt",
      "live.version as activeVersion",
      "live.runtime",
      "keeping.keepDays as conversationDays",
      "newest.status as newestDeploymentStatus",
      "newest.createdAt as lastDeployedAt",
    ])
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom("deployments")
          .select("deployments.id")
          .whereRef("deployments.agentId", "=", "agents.id")
          .where("deployments.status", "in", ["queued", "running"]),
      ).as("hasUnfinishedDeployment"),
    )
    .where("agents.workspaceId", "=", scope.workspaceId)
    .where("agents.deletedAt", "is", null);
}

export type AgentRow = Awaited<ReturnType<typeof listAgentRows>>[number];

export function findAgent(tx: Db, scope: WorkspaceScope, agentId: string) {
  return selectAgents(tx, scope).where("agents.id", "=", agentId).executeTakeFirst();
}

/** Newest first; `before` is the id of the last one already shown. */
export function listAgentRows(
  tx: Db,
  scope: WorkspaceScope,
  query: { limit: number; before: string | null; search: string | null },
) {
  return selectAgents(tx, scope)
    .$if(query.before !== null, (select) => select.where("agents.id", "<", query.before ?? ""))
    .$if(query.search !== null, (select) =>
      select.where(sql<boolean>`position(lower(${query.search}) in lower(agents.name || ' ' || agents.description)) > 0`),
    )
    .orderBy("agents.id", "desc")
    .limit(query.limit)
    .execute();
}
