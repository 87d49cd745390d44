// What a purge reads and removes. Invocations and hourly sums stay: they are the workspace's record, without content.
import type { Db } from "~/db/client";

type AgentKey = { agentId: string; workspaceId: string };

/** More versions than this are purged over several rings of the sweep. */
const versionsMax = 2_000;

/** Nothing while its workspace is disabled: the purge waits. */
export function findPurgeableAgentAcrossWorkspaces(db: Db, agent: AgentKey) {
  return db
    .selectFrom("agents")
    .innerJoin("workspaces", "workspaces.id", "agents.workspaceId")
    .select("agents.id")
    .where("agents.workspaceId", "=", agent.workspaceId)
    .where("agents.id", "=", agent.agentId)
    .where("agents.deletedAt", "is not", null)
    .where("workspaces.disabledAt", "is", null)
    .executeTakeFirst();
}

export function listVersionsAcrossWorkspaces(db: Db, agent: AgentKey) {
  return db
    .selectFrom("deployments")
    .select(["id", "agentId", "workspaceId", "runtime", "status", "moduleBlobKey", "uploadId"])
    .where("workspaceId", "=", agent.workspaceId)
    .where("agentId", "=", agent.agentId)
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

/** Secrets, deployments, steps, logs and sessions go with it, by their foreign keys. */
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
            .where("deployments.status", "in", ["queued", "running"]),
        ),
      ),
    )
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Of these uploads the ones that no other agent uses; answers their blob keys. */
export async function deleteOrphanedUploadsAcrossWorkspaces(db: Db, workspaceId: string, uploadIds: string[]): Promise<string[]> {
  if (uploadIds.length === 0) return [];
  const rows = await db
    .deleteFrom("uploads")
    .where("workspaceId", "=", workspaceId)
    .where("id", "in", [...new Set(uploadIds)])
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("deployments").select("deployments.id").whereRef("deployments.uploadId", "=", "uploads.id"))),
    )
    .returning("blobKey")
    .execute();
  return rows.map((row) => row.blobKey);
}
