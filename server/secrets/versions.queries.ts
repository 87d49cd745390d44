// The history of agents' secrets: which version was set by whom, how it ended, and when it was handed out last. Never a value.
import type { Db } from "~/db/client";
import type { SecretEnding } from "~/db/tables/agent-secret-versions";
import type { WorkspaceScope } from "~/server/auth/scope";

type SecretName = { agentId: string; name: string };

/** Does nothing when none is current. */
export async function endCurrentVersion(
  tx: Db,
  scope: WorkspaceScope,
  ending: SecretName & { endedBy: string; endedAt: Date; endedHow: SecretEnding },
): Promise<void> {
  const { agentId, name, ...ended } = ending;
  await tx
    .updateTable("agentSecretVersions")
    .set(ended)
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .where("name", "=", name)
    .where("endedAt", "is", null)
    .execute();
}

export async function insertCurrentVersion(
  tx: Db,
  scope: WorkspaceScope,
  secret: SecretName & { version: number; setBy: string; setAt: Date },
): Promise<void> {
  const current = { endedBy: null, endedAt: null, endedHow: null, lastInjectedAt: null };
  await tx
    .insertInto("agentSecretVersions")
    .values({ ...secret, ...current, workspaceId: scope.workspaceId })
    .execute();
}

/** A secret that is rotated for ever keeps a history that ends. */
export async function deleteVersionsUpTo(tx: Db, scope: WorkspaceScope, secret: SecretName & { version: number }): Promise<void> {
  await tx
    .deleteFrom("agentSecretVersions")
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", secret.agentId)
    .where("name", "=", secret.name)
    .where("version", "<=", secret.version)
    .execute();
}

/** The newest first; whoever is or was a member comes by name. */
export function listVersionRows(tx: Db, scope: WorkspaceScope, secret: SecretName, limit: number) {
  return tx
    .selectFrom("agentSecretVersions as version")
    .leftJoin("users as setter", "setter.id", "version.setBy")
    .leftJoin("users as ender", "ender.id", "version.endedBy")
    .select(["version.version", "version.setBy", "version.setAt", "version.endedBy", "version.endedAt", "version.endedHow"])
    .select(["version.lastInjectedAt", "setter.displayName as setByName", "ender.displayName as endedByName"])
    .where("version.workspaceId", "=", scope.workspaceId)
    .where("version.agentId", "=", secret.agentId)
    .where("version.name", "=", secret.name)
    .orderBy("version.version", "desc")
    .limit(limit)
    .execute();
}

/** Of each name the version that is current: it is the one that a launch opens. */
export async function setVersionsInjectedAcrossWorkspaces(
  db: Db,
  injected: { workspaceId: string; agentId: string; names: readonly string[]; at: Date },
): Promise<void> {
  await db
    .updateTable("agentSecretVersions")
    .set({ lastInjectedAt: injected.at })
    .where("workspaceId", "=", injected.workspaceId)
    .where("agentId", "=", injected.agentId)
    .where("name", "in", injected.names)
    .where("endedAt", "is", null)
    .execute();
}
