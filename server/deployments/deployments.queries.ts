// Deployments as callers of a workspace read and ask for them.
import type { Db } from "~/db/client";
import type { DeploymentStage, Runtime } from "~/db/tables/deployments";
import type { WorkspaceScope } from "~/server/auth/scope";

/** Whoever makes or moves versions of an agent holds this lock, so that versions have no gaps and one is live. */
export function lockAgent(tx: Db, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("agents")
    .select(["id", "name", "ownerUserId", "disabledAt", "activeDeploymentId", "preferredRuntime"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", agentId)
    .where("deletedAt", "is", null)
    .forUpdate()
    .executeTakeFirst();
}

export function findAgentOfDeployments(tx: Db, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("agents")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", agentId)
    .where("deletedAt", "is", null)
    .executeTakeFirst();
}

export function findUploadToDeploy(tx: Db, scope: WorkspaceScope, uploadId: string) {
  return tx
    .selectFrom("uploads")
    .select(["id", "sha256", "blobKey", "manifest", "fileName", "prunedAt"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", uploadId)
    .executeTakeFirst();
}

/** Whoever prunes its bundle waits until the new version is there, or has marked it before. */
export function lockUploadToDeploy(tx: Db, scope: WorkspaceScope, uploadId: string) {
  return tx
    .selectFrom("uploads")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", uploadId)
    .forKeyShare()
    .executeTakeFirst();
}

/** How many newer versions of the same agent could go live as well. */
export async function countNewerActivatable(
  tx: Db,
  scope: WorkspaceScope,
  of: { agentId: string; version: number },
): Promise<number> {
  const row = await tx
    .selectFrom("deployments")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", of.agentId)
    .where("version", ">", of.version)
    .where("status", "in", ["ready", "superseded"])
    .where("prunedAt", "is", null)
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function findNewestVersion(tx: Db, scope: WorkspaceScope, agentId: string): Promise<number> {
  const row = await tx
    .selectFrom("deployments")
    .select(({ fn }) => fn.max<number | null>("version").as("version"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .executeTakeFirstOrThrow();
  return row.version ?? 0;
}

export async function countUnfinished(tx: Db, scope: WorkspaceScope, agentId: string | null): Promise<number> {
  const row = await tx
    .selectFrom("deployments")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("workspaceId", "=", scope.workspaceId)
    .$if(agentId !== null, (query) => query.where("agentId", "=", agentId ?? ""))
    .where("status", "in", ["queued", "running"])
    .executeTakeFirstOrThrow();
  return row.count;
}

export type NewDeployment = {
  id: string;
  agentId: string;
  ownerUserId: string;
  version: number;
  runtime: Runtime;
  activates: boolean;
  uploadId: string;
  bundleSha256: string;
  bundleBlobKey: string;
  manifest: Record<string, unknown>;
  retentionClass: string;
  createdBy: string;
  createdAt: Date;
};

export async function insertDeployment(tx: Db, scope: WorkspaceScope, deployment: NewDeployment): Promise<void> {
  const stage: DeploymentStage = "received";
  await tx
    .insertInto("deployments")
    .values({
      ...deployment,
      workspaceId: scope.workspaceId,
      status: "queued",
      stage,
      manifest: JSON.stringify(deployment.manifest),
      moduleSha256: null,
      moduleBlobKey: null,
      failureCode: null,
      failureReason: null,
      cancelRequestedAt: null,
      startedAt: null,
      heartbeatAt: null,
      finishedAt: null,
      activatedAt: null,
    })
    .execute();
}

/** Of racing callers exactly one sets it. */
export async function requestCancelIfRunning(tx: Db, scope: WorkspaceScope, deploymentId: string, at: Date): Promise<boolean> {
  const result = await tx
    .updateTable("deployments")
    .set({ cancelRequestedAt: at })
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", deploymentId)
    .where("status", "=", "running")
    .where("cancelRequestedAt", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

function selectDeployments(tx: Db, scope: WorkspaceScope) {
  return tx
    .selectFrom("deployments")
    .innerJoin("agents", (join) =>
      join.onRef("agents.id", "=", "deployments.agentId").onRef("agents.workspaceId", "=", "deployments.workspaceId"),
    )
    .leftJoin("users", "users.id", "deployments.createdBy")
    .selectAll("deployments")
    .select("users.displayName as createdByName")
    .where("deployments.workspaceId", "=", scope.workspaceId)
    .where("agents.deletedAt", "is", null);
}

export function findDeployment(tx: Db, scope: WorkspaceScope, deploymentId: string) {
  return selectDeployments(tx, scope).where("deployments.id", "=", deploymentId).executeTakeFirst();
}

export type DeploymentRow = NonNullable<Awaited<ReturnType<typeof findDeployment>>>;

/** Newest first; `before` is the version of the last one already shown. */
export function listDeploymentRows(
  tx: Db,
  scope: WorkspaceScope,
  query: { agentId: string; limit: number; before: number | null },
) {
  return selectDeployments(tx, scope)
    .where("deployments.agentId", "=", query.agentId)
    .$if(query.before !== null, (select) => select.where("deployments.version", "<", query.before ?? 0))
    .orderBy("deployments.version", "desc")
    .limit(query.limit)
    .execute();
}

export function findUploadFacts(tx: Db, scope: WorkspaceScope, uploadId: string) {
  return tx
    .selectFrom("uploads")
    .select(["fileName", "sizeBytes", "githubOwner", "githubRepo", "githubRef", "githubCommit"])
    .select(({ fn }) => fn<number>("jsonb_array_length", ["files"]).as("filesCount"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", uploadId)
    .executeTakeFirst();
}

/** There are at most as many steps as stages. */
export function listSteps(tx: Db, scope: WorkspaceScope, deploymentId: string) {
  return tx
    .selectFrom("deploymentSteps")
    .select(["stage", "outcome", "startedAt", "finishedAt", "goldens"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("deploymentId", "=", deploymentId)
    .orderBy("startedAt")
    .limit(20)
    .execute();
}

/** Oldest first, behind `afterSeq`. */
export function listLogLines(tx: Db, scope: WorkspaceScope, query: { deploymentId: string; afterSeq: number; limit: number }) {
  return tx
    .selectFrom("deploymentLogs")
    .select(["seq", "stage", "level", "line", "createdAt"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("deploymentId", "=", query.deploymentId)
    .where("seq", ">", query.afterSeq)
    .orderBy("seq")
    .limit(query.limit)
    .execute();
}
