// Agent secrets: sealed values by agent and name, and what manifests say about them.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { WorkspaceScope } from "~/server/auth/scope";

/** An agent that is there: whether it is this workspace's is settled by the scope. */
export function findAgentOfSecrets(tx: Db, scope: WorkspaceScope, agentId: string) {
  return findAgentOfSecretsQuery(tx, scope, agentId).executeTakeFirst();
}

function findAgentOfSecretsQuery(tx: Db, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("agents")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", agentId)
    .where("deletedAt", "is", null);
}

/** Whoever writes secrets of one agent goes one after the other from the start on: in whatever order they name them, none waits in a circle. */
export function lockAgentOfSecrets(tx: Db, scope: WorkspaceScope, agentId: string) {
  return findAgentOfSecretsQuery(tx, scope, agentId).forNoKeyUpdate().executeTakeFirst();
}

/** Takes the next version for itself: the row stays locked until the transaction ends, so two writers never share one. */
export async function claimSecretVersion(
  tx: Db,
  scope: WorkspaceScope,
  claim: { agentId: string; name: string; updatedBy: string; updatedAt: Date; expiresAt: Date | null },
): Promise<number> {
  const { version } = await tx
    .insertInto("agentSecrets")
    .values({
      ...claim,
      workspaceId: scope.workspaceId,
      version: 1,
      sealedValue: null,
      lastInjectedAt: null,
      createdAt: claim.updatedAt,
    })
    .onConflict((conflict) =>
      conflict.columns(["agentId", "name"]).doUpdateSet({
        version: sql<number>`agent_secrets.version + 1`,
        updatedBy: claim.updatedBy,
        updatedAt: claim.updatedAt,
        expiresAt: claim.expiresAt,
        expiryToldDays: null,
      }),
    )
    .returning("version")
    .executeTakeFirstOrThrow();
  return version;
}

export async function setSealedValue(
  tx: Db,
  scope: WorkspaceScope,
  secret: { agentId: string; name: string; version: number; sealedValue: Buffer },
): Promise<void> {
  await tx
    .updateTable("agentSecrets")
    .set({ sealedValue: secret.sealedValue })
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", secret.agentId)
    .where("name", "=", secret.name)
    .where("version", "=", secret.version)
    .execute();
}

/** Nothing comes back when there was no value. The version stays: the next value gets a higher one. */
export function clearSealedValueIfSet(
  tx: Db,
  scope: WorkspaceScope,
  secret: { agentId: string; name: string; updatedBy: string; updatedAt: Date },
) {
  const ended = { sealedValue: null, expiresAt: null, expiryToldDays: null };
  return tx
    .updateTable("agentSecrets")
    .set({ ...ended, updatedBy: secret.updatedBy, updatedAt: secret.updatedAt })
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", secret.agentId)
    .where("name", "=", secret.name)
    .where("sealedValue", "is not", null)
    .returning("version")
    .executeTakeFirst();
}

/** How many an agent has, those without a value included, and how many bytes are sealed for it. */
export function measureSecretsOfAgent(tx: Db, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("agentSecrets")
    .select((select) => [
      select.fn.countAll<number>().as("count"),
      sql<number>`coalesce(sum(octet_length(sealed_value)), 0)::integer`.as("sealedBytes"),
    ])
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .executeTakeFirstOrThrow();
}

/** Never the value: only whether there is one. Whoever updated it comes by name when it was a member. */
export function listSecretRows(tx: Db, scope: WorkspaceScope, agentId: string, limit: number) {
  return tx
    .selectFrom("agentSecrets as secret")
    .leftJoin("users", "users.id", "secret.updatedBy")
    .select([
      "secret.name",
      "secret.version",
      "secret.updatedBy",
      "secret.updatedAt",
      "secret.lastInjectedAt",
      "secret.expiresAt",
    ])
    .select("users.displayName as updatedByName")
    .select(sql<boolean>`secret.sealed_value is not null`.as("isSet"))
    .where("secret.workspaceId", "=", scope.workspaceId)
    .where("secret.agentId", "=", agentId)
    .orderBy("secret.name")
    .limit(limit)
    .execute();
}

export function findManifestOfUpload(tx: Db, scope: WorkspaceScope, uploadId: string) {
  return tx
    .selectFrom("uploads")
    .select("manifest")
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", uploadId)
    .executeTakeFirst();
}

/** Of the live version; of the newest one while none is live. */
export function findManifestInForce(tx: Db, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("deployments")
    .select("manifest")
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .orderBy(sql`status = 'active'`, "desc")
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Which of these names have a value, and the version of it. */
export function listSetNamesAcrossWorkspaces(db: Db, agent: { workspaceId: string; agentId: string }, names: readonly string[]) {
  return db
    .selectFrom("agentSecrets")
    .select(["name", "version"])
    .where("workspaceId", "=", agent.workspaceId)
    .where("agentId", "=", agent.agentId)
    .where("name", "in", names)
    .where("sealedValue", "is not", null)
    .execute();
}

/** What decides whether a deployment may be given its secrets. Other launches of it wait until this one is noted. */
export function lockLaunchAcrossWorkspaces(db: Db, deploymentId: string) {
  return db
    .selectFrom("deployments")
    .innerJoin("agents", "agents.id", "deployments.agentId")
    .innerJoin("workspaces", "workspaces.id", "deployments.workspaceId")
    .select([
      "deployments.id as deploymentId",
      "deployments.workspaceId",
      "deployments.agentId",
      "deployments.status",
      "deployments.manifest",
      "deployments.telemetryGeneration",
      "deployments.moduleSha256",
      "agents.disabledAt as agentDisabledAt",
      "agents.deletedAt as agentDeletedAt",
      "workspaces.disabledAt as workspaceDisabledAt",
    ])
    .where("deployments.id", "=", deploymentId)
    .forNoKeyUpdate("deployments")
    .executeTakeFirst();
}

/** The sealed values of these names, to be opened by the vault for one launch. */
export function listSealedValuesAcrossWorkspaces(
  db: Db,
  agent: { workspaceId: string; agentId: string },
  names: readonly string[],
) {
  return db
    .selectFrom("agentSecrets")
    .select(["name", "version", "sealedValue"])
    .where("workspaceId", "=", agent.workspaceId)
    .where("agentId", "=", agent.agentId)
    .where("name", "in", names)
    .where("sealedValue", "is not", null)
    .execute();
}

export async function setInjectedAcrossWorkspaces(
  db: Db,
  injected: { workspaceId: string; agentId: string; names: readonly string[]; at: Date },
): Promise<void> {
  await db
    .updateTable("agentSecrets")
    .set({ lastInjectedAt: injected.at })
    .where("workspaceId", "=", injected.workspaceId)
    .where("agentId", "=", injected.agentId)
    .where("name", "in", injected.names)
    .execute();
}

export async function setSecretVersionsAcrossWorkspaces(
  db: Db,
  deployment: { workspaceId: string; deploymentId: string; secretVersions: Record<string, number> },
): Promise<void> {
  await db
    .updateTable("deployments")
    .set({ secretVersions: JSON.stringify(deployment.secretVersions) })
    .where("workspaceId", "=", deployment.workspaceId)
    .where("id", "=", deployment.deploymentId)
    .execute();
}
