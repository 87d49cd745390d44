// Asks for a new version of an agent: the row, its first step and the audit entry in one transaction, then a ring (MISSION C4).

import type { Runtime } from "~/db/tables/deployments";
import { inWorkspace, type Tx } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { runtimesOf } from "~/server/bundles/parse-manifest";
import { AppError, invalidField, notFound } from "~/server/errors";
import { newId } from "~/server/ids";
import { assertPlanned } from "~/server/plans/assert-planned";
import { retentionClassOf } from "~/server/plans/plans";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import { toDeploymentItem } from "./deployment-item";
import type { CreateDeploymentInput, DeploymentItem } from "./deployments.contract";
import { runDeploymentJob } from "./deployments.jobs";
import {
  countUnfinished,
  findDeployment,
  findNewestVersion,
  findUploadToDeploy,
  insertDeployment,
  lockAgent,
} from "./deployments.queries";
import { refuseMissingSecrets } from "./refuse-missing-secrets";
import { upsertStepAcrossWorkspaces } from "./steps.queries";

type Needs = Pick<Services, "db" | "clock" | "queue" | "providers">;

const unfinishedPerAgentMax = 5;
const unfinishedPerWorkspaceMax = 50;

/**
 * Rejects with `NOT_FOUND` (agent, upload), `INVALID_REQUEST` (runtime, missing secrets by name), `CONFLICT` (disabled agent,
 * too many under way). `retryOf` is only told to the audit log.
 */
export async function createDeployment(
  needs: Needs,
  scope: WorkspaceScope,
  input: CreateDeploymentInput & { retryOf?: string },
): Promise<DeploymentItem> {
  const item = await inWorkspace(needs.db, scope, (tx) => enterDeployment(tx, needs, scope, input));
  await needs.queue.ring(runDeploymentJob, { deploymentId: item.deploymentId, workspaceId: scope.workspaceId });
  return item;
}

async function enterDeployment(
  tx: Tx,
  needs: Needs,
  scope: WorkspaceScope,
  input: CreateDeploymentInput & { retryOf?: string },
): Promise<DeploymentItem> {
  const { agentId } = input;
  const agent = await lockAgent(tx, scope, agentId);
  if (!agent) throw notFound("agent");
  if (agent.disabledAt) throw new AppError("CONFLICT", "The agent is disabled. Enable it, then deploy.");
  const plan = await readPlan(tx, scope.workspaceId, needs.clock.now());
  const upload = await findUploadToDeploy(tx, scope, input.uploadId);
  if (!plan || !upload) throw notFound("upload");
  const manifest = upload.manifest as Manifest;
  const runtime = chooseRuntime(needs, manifest, input.runtime);
  assertPlanned({ kind: "deploy", runtime }, plan);
  await refuseMissingSecrets(tx, { workspaceId: scope.workspaceId, agentId }, manifest);
  await refuseTooMany(tx, scope, agentId);
  const id = newId("deployment");
  const createdAt = needs.clock.now();
  const version = (await findNewestVersion(tx, scope, agentId)) + 1;
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

/** The wished runtime, or the manifest's first that this installation offers. */
function chooseRuntime(needs: Pick<Services, "providers">, manifest: Manifest, wished: Runtime | undefined): Runtime {
  const claimed = runtimesOf(manifest);
  const offered = needs.providers.list().map((provider) => provider.runtime);
  if (wished !== undefined && !claimed.includes(wished)) {
    throw invalidField(
      "runtime",
      `The bundle does not claim the runtime "${wished}". Its manifest names: ${claimed.join(", ")}.`,
    );
  }
  const chosen = wished ?? claimed.find((runtime) => offered.includes(runtime));
  if (chosen === undefined || !offered.includes(chosen)) {
    throw invalidField(
      "runtime",
      `This installation offers ${offered.join(", ") || "no runtime"}, but not ${wished ?? claimed.join(" or ")}.`,
    );
  }
  return chosen;
}

async function refuseTooMany(tx: Tx, scope: WorkspaceScope, agentId: string): Promise<void> {
  const [ofAgent, ofWorkspace] = [await countUnfinished(tx, scope, agentId), await countUnfinished(tx, scope, null)];
  if (ofAgent < unfinishedPerAgentMax && ofWorkspace < unfinishedPerWorkspaceMax) return;
  const where =
    ofAgent >= unfinishedPerAgentMax ? `${ofAgent} deployments of this agent` : `${ofWorkspace} deployments of this workspace`;
  throw new AppError("CONFLICT", `${where} are still under way. Wait until one is finished, or cancel one.`, {
    details: { reason: "deployments_under_way" },
  });
}
