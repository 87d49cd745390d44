// Variables by agent and name.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { WorkspaceScope } from "~/server/auth/scope";

type Key = { agentId: string; name: string };

/** Whoever changes an agent's variables holds this lock; the one that gives a secret its value waits for it as well. */
export function lockAgentOfVariables(tx: Db, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("agents")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", agentId)
    .where("deletedAt", "is", null)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

export function findAgentOfVariables(tx: Db, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("agents")
    .leftJoin("deployments as live", (join) =>
      join.onRef("live.id", "=", "agents.activeDeploymentId").onRef("live.workspaceId", "=", "agents.workspaceId"),
    )
    .select(["agents.id", "live.variableVersions as liveVersions", "live.manifest as liveManifest"])
    .where("agents.workspaceId", "=", scope.workspaceId)
    .where("agents.id", "=", agentId)
    .where("agents.deletedAt", "is", null)
    .executeTakeFirst();
}

export function findNewestManifestOfAgent(tx: Db, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("deployments")
    .select("manifest")
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** A secret of this name that has a value. */
export function findSetSecretOfName(tx: Db, scope: WorkspaceScope, key: Key) {
  return tx
    .selectFrom("agentSecrets")
    .select("name")
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", key.agentId)
    .where("name", "=", key.name)
    .where("sealedValue", "is not", null)
    .executeTakeFirst();
}

export function findSetVariable(tx: Db, scope: WorkspaceScope, key: Key) {
  return tx
    .selectFrom("agentVariables")
    .select(["name", "value", "version"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", key.agentId)
    .where("name", "=", key.name)
    .where("value", "is not", null)
    .executeTakeFirst();
}

/** Answers the version that the value got. */
export async function upsertVariable(
  tx: Db,
  scope: WorkspaceScope,
  variable: Key & { value: string; updatedBy: string; updatedAt: Date },
): Promise<number> {
  const { value, updatedBy, updatedAt } = variable;
  const { version } = await tx
    .insertInto("agentVariables")
    .values({ ...variable, workspaceId: scope.workspaceId, version: 1, createdAt: updatedAt })
    .onConflict((conflict) =>
      conflict
        .columns(["agentId", "name"])
        .doUpdateSet({ value, updatedBy, updatedAt, version: sql<number>`agent_variables.version + 1` }),
    )
    .returning("version")
    .executeTakeFirstOrThrow();
  return version;
}

/** Nothing comes back when there was no value. The version stays: the next value gets a higher one. */
export function clearVariableIfSet(tx: Db, scope: WorkspaceScope, variable: Key & { updatedBy: string; updatedAt: Date }) {
  return tx
    .updateTable("agentVariables")
    .set({ value: null, updatedBy: variable.updatedBy, updatedAt: variable.updatedAt })
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", variable.agentId)
    .where("name", "=", variable.name)
    .where("value", "is not", null)
    .returning("version")
    .executeTakeFirst();
}

export async function countSetVariables(tx: Db, scope: WorkspaceScope, agentId: string): Promise<number> {
  const row = await tx
    .selectFrom("agentVariables")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .where("value", "is not", null)
    .executeTakeFirstOrThrow();
  return row.count;
}

export function listVariableRows(tx: Db, scope: WorkspaceScope, agentId: string, limit: number) {
  return tx
    .selectFrom("agentVariables as variable")
    .leftJoin("users", "users.id", "variable.updatedBy")
    .select(["variable.name", "variable.value", "variable.version", "variable.updatedBy", "variable.updatedAt"])
    .select("users.displayName as updatedByName")
    .where("variable.workspaceId", "=", scope.workspaceId)
    .where("variable.agentId", "=", agentId)
    .where("variable.value", "is not", null)
    .orderBy("variable.name")
    .limit(limit)
    .execute();
}

/** Of these names the variables that have a value, as a launch is given them. */
export function listNamedVariablesAcrossWorkspaces(
  db: Db,
  agent: { workspaceId: string; agentId: string },
  names: readonly string[],
) {
  return db
    .selectFrom("agentVariables")
    .select(["name", "version", "value"])
    .where("workspaceId", "=", agent.workspaceId)
    .where("agentId", "=", agent.agentId)
    .where("name", "in", names)
    .where("value", "is not", null)
    .execute();
}

export async function setVariableVersionsAcrossWorkspaces(
  db: Db,
  deployment: { workspaceId: string; deploymentId: string; variableVersions: Record<string, number> },
): Promise<void> {
  await db
    .updateTable("deployments")
    .set({ variableVersions: JSON.stringify(deployment.variableVersions) })
    .where("workspaceId", "=", deployment.workspaceId)
    .where("id", "=", deployment.deploymentId)
    .execute();
}
