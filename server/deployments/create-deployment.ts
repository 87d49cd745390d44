// Asks for a new version of an agent: the row, its first step and the audit entry in one transaction, then a ring (MISSION C4).

import { answerInWorkspace, type Tx } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import { newId } from "~/server/ids";
import { retentionClassOf } from "~/server/plans/plans";
import type { Services } from "~/server/services";
import { toDeploymentItem } from "./deployment-item";
import type { CreateDeploymentInput, DeploymentItem } from "./deployments.contract";
import { runDeploymentJob } from "./deployments.jobs";
import { findDeployment, insertDeployment, lockAgent, lockUploadToDeploy } from "./deployments.queries";
import { judgeDeployment } from "./judge-deployment";
import { upsertStepAcrossWorkspaces } from "./steps.queries";

type Needs = Pick<Services, "db" | "clock" | "queue" | "providers">;

/**
 * Rejects with `NOT_FOUND` (agent, upload), `INVALID_REQUEST` (runtime, missing secrets by name), `CONFLICT` (disabled agent,
 * too many under way). `retryOf` is only told to the audit log.
 */
export async function createDeployment(
  needs: Needs,
  scope: WorkspaceScope,
  input: CreateDeploymentInput & { retryOf?: string },
): Promise<DeploymentItem> {
  const item = await answerInWorkspace(needs.db, scope, (tx) => enterDeployment(tx, needs, scope, input));
  await needs.queue.ring(runDeploymentJob, { deploymentId: item.deploymentId, workspaceId: scope.workspaceId });
  return item;
}

/** The rows of a new version; whoever calls it rings once they are there. */
export async function enterDeployment(
  tx: Tx,
  needs: Needs,
  scope: WorkspaceScope,
  input: CreateDeploymentInput & { retryOf?: string },
): Promise<DeploymentItem> {
  const { agentId } = input;
  const agent = await lockAgent(tx, scope, agentId);
  if (!agent) throw notFound("agent");
  await lockUploadToDeploy(tx, scope, input.uploadId);
  const judged = await judgeDeployment(tx, needs, scope, { agent, uploadId: input.uploadId, runtime: input.runtime });
  const { upload, runtime, version, plan } = judged;
  if (judged.refusals[0] || !runtime) throw judged.refusals[0] ?? notFound("runtime");
  const id = newId("deployment");
  const createdAt = needs.clock.now();
  await insertDeployment(tx, scope, {
    id,
    agentId,
    ownerUserId: agent.ownerUserId,
    version,
    runtime,
    activates: input.activate,
    uploadId: upload.id,
    bundleSha256: upload.sha256,
    bundleBlobKey: upload.blobKey,
    manifest: upload.manifest,
    retentionClass: retentionClassOf(plan.tier),
    createdBy: scope.principal.userId,
    createdAt,
  });
  const key = { deploymentId: id, workspaceId: scope.workspaceId };
  await upsertStepAcrossWorkspaces(tx, key, { stage: "received", outcome: "done", at: createdAt });
  const metadata = { agentId, version, runtime, uploadId: upload.id, sha256: upload.sha256, activates: input.activate };
  await recordAudit(tx, scope, {
    action: "deployment.create",
    targetKind: "deployment",
    targetId: id,
    metadata: { ...metadata, ...(input.retryOf ? { retryOf: input.retryOf } : {}) },
  });
  const row = await findDeployment(tx, scope, id);
  if (!row) throw notFound("deployment");
  return toDeploymentItem(row);
}
