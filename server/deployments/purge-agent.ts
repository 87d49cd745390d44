// Takes a deleted agent out of its runtimes, its storage and the database; calls have been refused since the delete itself (MISSION C1).
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { destroyPlacement } from "./destroy-placement";
import {
  deleteAgentAcrossWorkspaces,
  deleteOrphanedUploadsAcrossWorkspaces,
  findPurgeableAgentAcrossWorkspaces,
  listVersionsAcrossWorkspaces,
  requestCancelOfAllAcrossWorkspaces,
} from "./purge.queries";
import { transitionDeployment } from "./transition-deployment";

type Needs = Pick<Services, "across" | "clock" | "blobs" | "providers" | "log">;
export type PurgedAgent = { agentId: string; workspaceId: string };

/**
 * Idempotent. Rejects when something is still in the way, so that it is tried again; the sweep rings for what remains. Stops between
 * two versions when the workspace is disabled, and goes on where it was once that is enabled.
 */
export async function purgeAgent(needs: Needs, agent: PurgedAgent): Promise<void> {
  if (!(await findPurgeableAgentAcrossWorkspaces(needs.across, agent))) return;
  const versions = await listVersionsAcrossWorkspaces(needs.across, agent);
  await stopUnfinished(needs, agent, versions);
  for (const version of versions) {
    if (!(await findPurgeableAgentAcrossWorkspaces(needs.across, agent))) return;
    if (!(await destroyPlacement(needs, version))) {
      throw new AppError("RUNTIME_ERROR", "A version could not be taken off its runtime yet.", { retryable: true });
    }
    if (version.moduleBlobKey) await needs.blobs.delete(version.moduleBlobKey);
  }
  const blobKeys = await deleteRows(
    needs,
    agent,
    versions.map((version) => version.uploadId),
  );
  for (const blobKey of blobKeys) await needs.blobs.delete(blobKey);
}

type Version = Awaited<ReturnType<typeof listVersionsAcrossWorkspaces>>[number];

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

function deleteRows(needs: Needs, agent: PurgedAgent, uploadIds: string[]): Promise<string[]> {
  return inTransaction(needs.across, async (tx) => {
    if (!(await deleteAgentAcrossWorkspaces(tx, agent))) return [];
    await recordWorkspaceAudit(tx, agent.workspaceId, {
      actorKind: "system",
      action: "agent.purge",
      targetKind: "agent",
      targetId: agent.agentId,
      metadata: { versions: uploadIds.length },
    });
    return deleteOrphanedUploadsAcrossWorkspaces(tx, agent.workspaceId, uploadIds);
  });
}
