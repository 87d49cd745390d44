// What a purge reads and removes. Invocations and hourly sums stay: they are the workspace's record, without content.
import type { Db } from "~/db/client";

type AgentKey = { agentId: string; workspaceId: string };

/** Of an agent with more versions the next ones come once these are gone. */
const versionsMax = 2_000;
/** What lies beyond is removed as uploads that nobody deploys. */
const uploadsMax = 10_000;

/** Nothing while its workspace is disabled: the purge waits. */
export function findPurgeableAgentAcrossWorkspaces(db: Db, agent: AgentKey) {
  return db
    .selectFrom("agents")
    .innerJoin("workspaces", "workspaces.id", "agents.workspaceId")
    .select(["agents.id", "agents.deletedAt"])
    .where("agents.workspaceId", "=", agent.workspaceId)
    .where("agents.id", "=", agent.agentId)
    .where("agents.deletedAt", "is not", null)
    .where("workspaces.disabledAt", "is", null)
    .executeTakeFirst();
}

/** The oldest of which no runtime has confirmed yet that they are gone. */
export function listPlacedOfAgentAcrossWorkspaces(db: Db, agent: AgentKey) {
  return db
    .selectFrom("deployments")
    .select(["id", "agentId", "workspaceId", "runtime", "status", "finishedAt", "prunedAt"])
    .where("workspaceId", "=", agent.workspaceId)
    .where("agentId", "=", agent.agentId)
    .where("placementRemovedAt", "is", null)
    .orderBy("version")
    .limit(versionsMax)
    .execute();
}

export async function requestCancelOfAllAcrossWorkspaces(db: Db, agent: AgentKey, at: Date): Promise<void> {
  await db
    .updateTable("deployments")
    .set({ cancelRequestedAt: at })
    .where("workspaceId", "=", agent.workspaceId)
    .where("agentId", "=", agent.agentId)
    .where("status", "=", "running")
    .where("cancelRequestedAt", "is", null)
    .execute();
}

export async function listUploadsOfAgentAcrossWorkspaces(db: Db, agent: AgentKey): Promise<string[]> {
  const rows = await db
    .selectFrom("deployments")
    .select("uploadId")
    .distinct()
    .where("workspaceId", "=", agent.workspaceId)
    .where("agentId", "=", agent.agentId)
    .limit(uploadsMax)
    .execute();
  return rows.map((row) => row.uploadId);
}

/**
 * Secrets, variables, deployments, steps, logs and sessions go with it, by their foreign keys. Nothing goes while a version is under
 * way, or while a runtime has not confirmed yet that one is gone.
 */
export async function deleteAgentAcrossWorkspaces(db: Db, agent: AgentKey): Promise<boolean> {
  const result = await db
    .deleteFrom("agents")
    .where("workspaceId", "=", agent.workspaceId)
    .where("id", "=", agent.agentId)
    .where("deletedAt", "is not", null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("deployments")
            .select("deployments.id")
            .whereRef("deployments.agentId", "=", "agents.id")
            .where(({ or, eb }) =>
              or([eb("deployments.status", "in", ["queued", "running"]), eb("deployments.placementRemovedAt", "is", null)]),
            ),
        ),
      ),
    )
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Whoever deploys one of them meanwhile is waited for, or waits and then finds what was decided. */
export async function lockUploadsAcrossWorkspaces(tx: Db, uploads: { workspaceId: string; ids: string[] }): Promise<void> {
  if (uploads.ids.length === 0) return;
  await tx
    .selectFrom("uploads")
    .select("id")
    .where("workspaceId", "=", uploads.workspaceId)
    .where("id", "in", uploads.ids)
    .orderBy("id")
    .forUpdate()
    .execute();
}

/** Marks those of these uploads, locked before, that no other agent uses, so that their zips are removed whatever happens next. */
export async function setOrphansPrunedAcrossWorkspaces(
  tx: Db,
  uploads: { workspaceId: string; ids: string[]; at: Date },
): Promise<{ id: string; blobKey: string }[]> {
  if (uploads.ids.length === 0) return [];
  return tx
    .updateTable("uploads")
    .set({ prunedAt: uploads.at })
    .where("workspaceId", "=", uploads.workspaceId)
    .where("id", "in", uploads.ids)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("deployments").select("deployments.id").whereRef("deployments.uploadId", "=", "uploads.id"))),
    )
    .returning(["id", "blobKey"])
    .execute();
}

export async function deleteOrphanAcrossWorkspaces(db: Db, upload: { id: string; workspaceId: string }): Promise<void> {
  await db
    .deleteFrom("uploads")
    .where("workspaceId", "=", upload.workspaceId)
    .where("id", "=", upload.id)
    .where("prunedAt", "is not", null)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("deployments").select("deployments.id").whereRef("deployments.uploadId", "=", "uploads.id"))),
    )
    .execute();
}
