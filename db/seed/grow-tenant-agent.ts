// An agent with a secret that was unset, an upload, and one deployment that failed: nothing in a seed pretends to run.
import { createHash } from "node:crypto";
import { ulid } from "ulid";
import type { Tx } from "../transaction";
import type { Tenant } from "./world";

type Place = Pick<Tenant, "userId" | "workspaceId">;

const manifest = JSON.stringify({
  name: "support-bot",
  protocol: "invoke/v1",
  runtime: "embedded",
  entrypoint: "src/index.ts",
  env: { requiredKeys: ["OPENAI_API_KEY"], optionalKeys: [] },
});

export async function growTenantAgent(tx: Tx, place: Place): Promise<Pick<Tenant, "agentId" | "deploymentId">> {
  const { userId, workspaceId } = place;
  const agentId = `agt_${ulid()}`;
  const untouched = { activeDeploymentId: null, disabledAt: null, deletedAt: null };
  await tx
    .insertInto("agents")
    .values({
      id: agentId,
      workspaceId,
      name: "support-bot",
      description: "Answers customers.",
      ownerUserId: userId,
      ...untouched,
    })
    .execute();
  const unset = { version: 1, sealedValue: null, lastInjectedAt: null };
  await tx
    .insertInto("agentSecrets")
    .values({ workspaceId, agentId, name: "OPENAI_API_KEY", updatedBy: userId, updatedAt: new Date(), ...unset })
    .execute();
  await growSecretHistory(tx, place, agentId);
  const variable = { name: "LOG_LEVEL", version: 1, value: "info", updatedBy: userId, updatedAt: new Date() };
  await tx
    .insertInto("agentVariables")
    .values({ workspaceId, agentId, ...variable })
    .execute();
  const upload = await growUpload(tx, place);
  const deploymentId = await growFailedDeployment(tx, place, agentId, upload);
  await growSecretRefresh(tx, place, { agentId, deploymentId });
  return { agentId, deploymentId };
}

async function growSecretHistory(tx: Tx, { userId, workspaceId }: Place, agentId: string): Promise<void> {
  const at = new Date();
  const ended = { endedBy: userId, endedAt: at, endedHow: "unset" as const };
  await tx
    .insertInto("agentSecretVersions")
    .values({
      workspaceId,
      agentId,
      name: "OPENAI_API_KEY",
      version: 1,
      setBy: userId,
      setAt: at,
      ...ended,
      lastInjectedAt: null,
    })
    .execute();
}

async function growSecretRefresh(
  tx: Tx,
  { userId, workspaceId }: Place,
  version: { agentId: string; deploymentId: string },
): Promise<void> {
  const at = new Date();
  const finished = { status: "failed" as const, failureReason: "This deployment was seeded and never ran.", finishedAt: at };
  await tx
    .insertInto("secretRefreshes")
    .values({
      ...version,
      workspaceId,
      wishes: 1,
      attempts: 1,
      requestedBy: userId,
      requestedAt: at,
      heartbeatAt: at,
      ...finished,
    })
    .execute();
}

type Upload = { id: string; sha256: string; blobKey: string };

async function growUpload(tx: Tx, { userId, workspaceId }: Place): Promise<Upload> {
  const id = `upl_${ulid()}`;
  const upload = { id, sha256: createHash("sha256").update(id).digest("hex"), blobKey: `${workspaceId}/uploads/${id}.zip` };
  await tx
    .insertInto("uploads")
    .values({
      ...upload,
      workspaceId,
      createdBy: userId,
      fileName: "support-bot.zip",
      sizeBytes: 1_024,
      manifest,
      files: "[]",
      warnings: "[]",
    })
    .execute();
  return upload;
}

async function growFailedDeployment(tx: Tx, { userId, workspaceId }: Place, agentId: string, upload: Upload): Promise<string> {
  const id = `dep_${ulid()}`;
  const at = new Date();
  const failureReason = "This deployment was seeded; there is no bundle behind it. Upload one and deploy again.";
  await tx
    .insertInto("deployments")
    .values({
      id,
      workspaceId,
      agentId,
      ownerUserId: userId,
      version: 1,
      runtime: "embedded",
      status: "failed",
      stage: "checked",
      activates: true,
      uploadId: upload.id,
      bundleSha256: upload.sha256,
      bundleBlobKey: upload.blobKey,
      manifest,
      moduleSha256: null,
      moduleBlobKey: null,
      retentionClass: "d30",
      failureCode: "DEPLOYMENT_FAILED",
      failureReason,
      cancelRequestedAt: null,
      createdBy: userId,
      startedAt: at,
      heartbeatAt: at,
      finishedAt: at,
      activatedAt: null,
    })
    .execute();
  const step = { workspaceId, deploymentId: id, stage: "checked" as const };
  await tx
    .insertInto("deploymentSteps")
    .values({ ...step, outcome: "failed", startedAt: at, finishedAt: at })
    .execute();
  await tx
    .insertInto("deploymentLogs")
    .values({ ...step, level: "error", line: failureReason })
    .execute();
  return id;
}
