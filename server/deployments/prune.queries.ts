// Versions that a plan does not keep: which there are, and what became of their placement and their bundle. Rows always stay.
import type { Db } from "~/db/client";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { DeploymentKey } from "./deployments.jobs";

type AgentKey = { agentId: string; workspaceId: string };

/** Whatever is finished and not live. */
const prunable = ["ready", "superseded", "failed", "cancelled"] as const;
/** Together with what was pruned: what no runtime should hold. */
const broken = ["failed", "cancelled"] as const;

/** Agents with more than `keptMin` prunable versions, with what says how many their plan keeps; behind `afterAgentId`. */
export function listAgentsToPruneAcrossWorkspaces(db: Db, query: { keptMin: number; afterAgentId: string; limit: number }) {
  return db
    .selectFrom("deployments")
    .innerJoin("agents", "agents.id", "deployments.agentId")
    .innerJoin("workspaces", "workspaces.id", "agents.workspaceId")
    .leftJoin("planOverrides", "planOverrides.workspaceId", "agents.workspaceId")
    .select(["agents.id as agentId", "agents.workspaceId", "workspaces.tier", "planOverrides.changes as planChanges"])
    .where("agents.deletedAt", "is", null)
    .where("workspaces.disabledAt", "is", null)
    .where("deployments.status", "in", prunable)
    .where("deployments.prunedAt", "is", null)
    .where("agents.id", ">", query.afterAgentId)
    .groupBy(["agents.id", "agents.workspaceId", "workspaces.tier", "planOverrides.changes"])
    .having(({ fn }) => fn.countAll<number>(), ">", query.keptMin)
    .orderBy("agents.id")
    .limit(query.limit)
    .execute();
}

/** Newest first. Read under the agent's lock, so that none of them goes live meanwhile. */
export function listPrunableAcrossWorkspaces(tx: Db, agent: AgentKey, limit: number) {
  return tx
    .selectFrom("deployments")
    .select(["id", "version", "status"])
    .where("workspaceId", "=", agent.workspaceId)
    .where("agentId", "=", agent.agentId)
    .where("status", "in", prunable)
    .where("prunedAt", "is", null)
    .orderBy("version", "desc")
    .limit(limit)
    .execute();
}

/** The same of all agents of a workspace, to foretell. */
export function listPrunable(tx: Tx, scope: WorkspaceScope, limit: number) {
  return tx
    .selectFrom("deployments")
    .innerJoin("agents", (join) =>
      join.onRef("agents.id", "=", "deployments.agentId").onRef("agents.workspaceId", "=", "deployments.workspaceId"),
    )
    .select(["deployments.id", "deployments.version", "deployments.status"])
    .select(["agents.id as agentId", "agents.name as agentName"])
    .where("deployments.workspaceId", "=", scope.workspaceId)
    .where("deployments.status", "in", prunable)
    .where("deployments.prunedAt", "is", null)
    .where("agents.deletedAt", "is", null)
    .orderBy("agents.name")
    .orderBy("deployments.version", "desc")
    .limit(limit)
    .execute();
}

export function findUnfinishedAcrossWorkspaces(tx: Db, agent: AgentKey) {
  return tx
    .selectFrom("deployments")
    .select("id")
    .where("workspaceId", "=", agent.workspaceId)
    .where("agentId", "=", agent.agentId)
    .where("status", "in", ["queued", "running"])
    .limit(1)
    .executeTakeFirst();
}

export async function setPrunedAcrossWorkspaces(tx: Db, agent: AgentKey, change: { ids: string[]; at: Date }): Promise<void> {
  await tx
    .updateTable("deployments")
    .set({ prunedAt: change.at })
    .where("workspaceId", "=", agent.workspaceId)
    .where("agentId", "=", agent.agentId)
    .where("id", "in", change.ids)
    .where("status", "in", prunable)
    .where("prunedAt", "is", null)
    .execute();
}

/** Pruned, failed and cancelled versions of which no runtime has confirmed yet that they are gone; behind `afterId`. */
export function listToTakeOffAcrossWorkspaces(db: Db, query: { afterId: string; limit: number }) {
  return db
    .selectFrom("deployments")
    .innerJoin("agents", "agents.id", "deployments.agentId")
    .innerJoin("workspaces", "workspaces.id", "deployments.workspaceId")
    .select(["deployments.id", "deployments.agentId", "deployments.workspaceId", "deployments.runtime"])
    .select(["deployments.finishedAt", "deployments.prunedAt"])
    .where("deployments.placementRemovedAt", "is", null)
    .where(({ or, eb }) => or([eb("deployments.prunedAt", "is not", null), eb("deployments.status", "in", broken)]))
    .where("deployments.id", ">", query.afterId)
    .where("agents.deletedAt", "is", null)
    .where("workspaces.disabledAt", "is", null)
    .orderBy("deployments.id")
    .limit(query.limit)
    .execute();
}

/** The version, when a runtime may hold it. */
export function findWantedAcrossWorkspaces(db: Db, key: DeploymentKey) {
  return db
    .selectFrom("deployments")
    .innerJoin("agents", "agents.id", "deployments.agentId")
    .select("deployments.id")
    .where("deployments.workspaceId", "=", key.workspaceId)
    .where("deployments.id", "=", key.deploymentId)
    .where("deployments.status", "not in", broken)
    .where("deployments.prunedAt", "is", null)
    .where("agents.deletedAt", "is", null)
    .executeTakeFirst();
}

export async function setPlacementRemovedAcrossWorkspaces(db: Db, key: DeploymentKey, at: Date): Promise<void> {
  await db
    .updateTable("deployments")
    .set({ placementRemovedAt: at })
    .where("workspaceId", "=", key.workspaceId)
    .where("id", "=", key.deploymentId)
    .where("placementRemovedAt", "is", null)
    .execute();
}

/** Uploads that were deployed, and of whose versions none is kept. */
export function listUploadsToPruneAcrossWorkspaces(db: Db, limit: number) {
  return db
    .selectFrom("uploads")
    .select(["id", "workspaceId"])
    .where("prunedAt", "is", null)
    .where(({ exists, not, and, selectFrom }) => {
      const versions = selectFrom("deployments").select("deployments.id").whereRef("deployments.uploadId", "=", "uploads.id");
      return and([
        exists(versions.where("deployments.prunedAt", "is not", null)),
        not(exists(versions.where("deployments.prunedAt", "is", null))),
      ]);
    })
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Whoever deploys this upload meanwhile waits, and then finds what was decided. */
export function lockUploadAcrossWorkspaces(tx: Db, upload: { id: string; workspaceId: string }) {
  return tx
    .selectFrom("uploads")
    .select("id")
    .where("workspaceId", "=", upload.workspaceId)
    .where("id", "=", upload.id)
    .forUpdate()
    .executeTakeFirst();
}

export function findKeptVersionOfUploadAcrossWorkspaces(tx: Db, upload: { id: string; workspaceId: string }) {
  return tx
    .selectFrom("deployments")
    .select("id")
    .where("workspaceId", "=", upload.workspaceId)
    .where("uploadId", "=", upload.id)
    .where("prunedAt", "is", null)
    .limit(1)
    .executeTakeFirst();
}

export async function setUploadPrunedAcrossWorkspaces(
  tx: Db,
  upload: { id: string; workspaceId: string },
  at: Date,
): Promise<void> {
  await tx
    .updateTable("uploads")
    .set({ prunedAt: at })
    .where("workspaceId", "=", upload.workspaceId)
    .where("id", "=", upload.id)
    .where("prunedAt", "is", null)
    .execute();
}

export function listUploadBlobsToRemoveAcrossWorkspaces(db: Db, limit: number) {
  return db
    .selectFrom("uploads")
    .select(["id", "workspaceId", "blobKey"])
    .where("prunedAt", "is not", null)
    .where("blobRemovedAt", "is", null)
    .orderBy("prunedAt")
    .limit(limit)
    .execute();
}

export async function setUploadBlobRemovedAcrossWorkspaces(
  db: Db,
  upload: { id: string; workspaceId: string },
  at: Date,
): Promise<void> {
  await db
    .updateTable("uploads")
    .set({ blobRemovedAt: at })
    .where("workspaceId", "=", upload.workspaceId)
    .where("id", "=", upload.id)
    .execute();
}
