// Takes a deleted agent out of its runtimes, its storage and the database; calls have been refused since the delete itself (MISSION C1).
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import {
  deleteAgentAcrossWorkspaces,
  deleteOrphanAcrossWorkspaces,
  findPurgeableAgentAcrossWorkspaces,
  listPlacedOfAgentAcrossWorkspaces,
  listUploadsOfAgentAcrossWorkspaces,
  lockUploadsAcrossWorkspaces,
  requestCancelOfAllAcrossWorkspaces,
  setOrphansPrunedAcrossWorkspaces,
} from "./purge.queries";
import { takeOff } from "./take-off-versions";
import { transitionDeployment } from "./transition-deployment";

type Needs = Pick<Services, "across" | "clock" | "blobs" | "providers" | "log">;
export type PurgedAgent = { agentId: string; workspaceId: string };

/**
 * Idempotent. Rejects when something is still in the way, so that it is tried again; the sweep rings for what remains. Stops between
 * two versions when the workspace is disabled, and goes on where it was once that is enabled. The row goes last, a minute after the
 * versions: as long as it is there, some runtime has not confirmed that one is gone, or may still be asked to place it.
 */
export async function purgeAgent(needs: Needs, agent: PurgedAgent): Promise<void> {
  const deleted = await findPurgeableAgentAcrossWorkspaces(needs.across, agent);
  if (!deleted) return;
  const versions = await listPlacedOfAgentAcrossWorkspaces(needs.across, agent);
  await stopUnfinished(needs, agent, versions);
  let isWaiting = false;
  for (const version of versions) {
    if (!(await findPurgeableAgentAcrossWorkspaces(needs.across, agent))) return;
    const taken = await takeOff(needs, version, [deleted.deletedAt, version.finishedAt, version.prunedAt]);
    if (taken === "unreachable") {
      throw new AppError("RUNTIME_ERROR", "A version could not be taken off its runtime yet.", { retryable: true });
    }
    isWaiting ||= taken === "again";
  }
  if (isWaiting) return;
  if (versions.length > 0) return purgeAgent(needs, agent);
  for (const upload of await deleteRows(needs, agent)) {
    await needs.blobs.delete(upload.blobKey);
    await deleteOrphanAcrossWorkspaces(needs.across, { id: upload.id, workspaceId: agent.workspaceId });
  }
}

type Version = Awaited<ReturnType<typeof listPlacedOfAgentAcrossWorkspaces>>[number];

async function stopUnfinished(needs: Needs, agent: PurgedAgent, versions: Version[]): Promise<void> {
  const at = needs.clock.now();
  for (const { id, status } of versions) {
    if (status !== "queued") continue;
    const key = { deploymentId: id, workspaceId: agent.workspaceId };
    await inTransaction(needs.across, (tx) => transitionDeployment(tx, { ...key, from: ["queued"], to: "cancelled", at }));
  }
  if (!versions.some((version) => version.status === "running")) return;
  await requestCancelOfAllAcrossWorkspaces(needs.across, agent, at);
  throw new AppError("CONFLICT", "A deployment of the agent is still being cancelled.", { retryable: true });
}

function deleteRows(needs: Needs, agent: PurgedAgent): Promise<{ id: string; blobKey: string }[]> {
  return inTransaction(needs.across, async (tx) => {
    const ids = await listUploadsOfAgentAcrossWorkspaces(tx, agent);
    if (!(await deleteAgentAcrossWorkspaces(tx, agent))) return [];
    await lockUploadsAcrossWorkspaces(tx, { workspaceId: agent.workspaceId, ids });
    await recordWorkspaceAudit(tx, agent.workspaceId, {
      actorKind: "system",
      action: "agent.purge",
      targetKind: "agent",
      targetId: agent.agentId,
      metadata: { bundles: ids.length },
    });
    return setOrphansPrunedAcrossWorkspaces(tx, { workspaceId: agent.workspaceId, ids, at: needs.clock.now() });
  });
}
