// What dry runs read beyond what the acts read themselves. Nothing here locks a row.
import type { Db } from "~/db/client";
import type { WorkspaceScope } from "~/server/auth/scope";

/** The row that the acts lock, unlocked. */
export function findAgentUnlocked(tx: Db, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("agents")
    .select(["id", "name", "ownerUserId", "disabledAt", "activeDeploymentId", "preferredRuntime"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", agentId)
    .where("deletedAt", "is", null)
    .executeTakeFirst();
}

export async function findFilesOfUpload(tx: Db, scope: WorkspaceScope, uploadId: string) {
  const row = await tx
    .selectFrom("uploads")
    .select("files")
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", uploadId)
    .executeTakeFirst();
  return row?.files ?? [];
}

export async function countVersions(tx: Db, scope: WorkspaceScope, agentId: string): Promise<number> {
  const row = await tx
    .selectFrom("deployments")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function countSessions(tx: Db, scope: WorkspaceScope, agentId: string): Promise<number> {
  const row = await tx
    .selectFrom("agentSessions")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function listNamesOfSetSecrets(tx: Db, scope: WorkspaceScope, agentId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom("agentSecrets")
    .select("name")
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .where("sealedValue", "is not", null)
    .orderBy("name")
    .limit(200)
    .execute();
  return rows.map((row) => row.name);
}

/** Keys that still work and are limited to this one agent. */
export function listKeysOfOnly(tx: Db, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("apiKeys as key")
    .select(["key.id as keyId", "key.name"])
    .where("key.workspaceId", "=", scope.workspaceId)
    .where("key.revokedAt", "is", null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("apiKeyAgents as named")
          .select("named.keyId")
          .whereRef("named.keyId", "=", "key.id")
          .where("named.workspaceId", "=", scope.workspaceId)
          .where("named.agentId", "=", agentId),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("apiKeyAgents as further")
            .select("further.keyId")
            .whereRef("further.keyId", "=", "key.id")
            .where("further.workspaceId", "=", scope.workspaceId)
            .where("further.agentId", "<>", agentId),
        ),
      ),
    )
    .orderBy("key.name")
    .limit(100)
    .execute();
}

export async function countCallsSince(tx: Db, scope: WorkspaceScope, calls: { agentId: string; since: Date }): Promise<number> {
  const row = await tx
    .selectFrom("invocations")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", calls.agentId)
    .where("createdAt", ">=", calls.since)
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Newest first. Of more versions than this nobody goes back to the oldest. */
export function listActivatable(tx: Db, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("deployments")
    .select(["id as deploymentId", "version"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .where("status", "in", ["ready", "superseded"])
    .orderBy("version", "desc")
    .limit(1_000)
    .execute();
}
