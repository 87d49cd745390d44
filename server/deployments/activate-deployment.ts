// Makes a finished version the live one: rollback and promotion move the pointer, nothing is built again (MISSION C5).
import { inWorkspace } from "~/db/transaction";
import { announceAgentChange } from "~/server/agents/agent-changes";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { AppError, notFound } from "~/server/errors";
import { assertPlanned } from "~/server/plans/assert-planned";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import { ringWatchers } from "./deployment-doorbell";
import { toDeploymentItem } from "./deployment-item";
import type { DeploymentItem } from "./deployments.contract";
import { countNewerActivatable, type DeploymentRow, findDeployment, lockAgent } from "./deployments.queries";
import { readDeployment } from "./get-deployment";
import { makeActive } from "./make-active";
import { placementOf } from "./placement-of";
import { readVerified } from "./read-verified";
import { refuseMissingSecrets } from "./refuse-missing-secrets";

type Needs = Pick<Services, "db" | "across" | "clock" | "redis" | "log" | "blobs" | "providers">;

const placeTimeoutMs = 30_000;

/** Rejects with `CONFLICT` for a version that never passed its probe, `DEPLOYMENT_FAILED` when its stored files were altered. */
export async function activateDeployment(needs: Needs, scope: WorkspaceScope, deploymentId: string): Promise<DeploymentItem> {
  const row = await readDeployment(needs, scope, deploymentId);
  if (row.status === "active") return toDeploymentItem(row);
  assertActivatable(row);
  await placeAgain(needs, scope, row);
  const moved = await movePointer(needs, scope, row);
  await announceAgentChange(needs, row.agentId);
  await ringWatchers(needs, deploymentId);
  if (moved.previousId) await ringWatchers(needs, moved.previousId);
  return moved.item;
}

function assertActivatable(row: DeploymentRow): void {
  if (row.status === "ready" || row.status === "superseded") return;
  throw new AppError("CONFLICT", `Version ${row.version} is ${row.status}; only a version that passed its probe can go live.`);
}

/** The runtime may have lost it since: placing is idempotent, and starting it shows now what a caller would meet later. */
async function placeAgain(needs: Needs, scope: WorkspaceScope, row: DeploymentRow): Promise<void> {
  const key = { workspaceId: scope.workspaceId, deploymentId: row.id };
  const current = await inWorkspace(needs.db, scope, async (tx) => {
    await refuseMissingSecrets(tx, row, row.manifest as Manifest);
    const plan = await readPlan(tx, scope.workspaceId, needs.clock.now());
    const place = await countNewerActivatable(tx, scope, row);
    if (plan) assertPlanned({ kind: "activate", runtime: row.runtime, place }, plan);
    return plan;
  });
  if (!current || row.moduleBlobKey === null || row.moduleSha256 === null) throw notFound("deployment");
  await readVerified(needs, { ...key, what: "bundle", blobKey: row.bundleBlobKey, sha256: row.bundleSha256 });
  const bytes = await readVerified(needs, { ...key, what: "module", blobKey: row.moduleBlobKey, sha256: row.moduleSha256 });
  const module = { text: bytes.toString("utf8"), sha256: row.moduleSha256 };
  const provider = needs.providers.get(row.runtime);
  const signal = AbortSignal.timeout(placeTimeoutMs);
  await provider.deploy(placementOf(row, current.plan, module), { signal });
  await provider.activate({ ...key, agentId: row.agentId }, { signal });
}

function movePointer(needs: Needs, scope: WorkspaceScope, row: DeploymentRow) {
  const key = { workspaceId: scope.workspaceId, deploymentId: row.id };
  return inWorkspace(needs.db, scope, async (tx) => {
    const agent = await lockAgent(tx, scope, row.agentId);
    if (!agent) throw notFound("deployment");
    if (agent.disabledAt) throw new AppError("CONFLICT", "The agent is disabled. Enable it first.");
    await makeActive(tx, { key, agent, from: ["ready", "superseded"], at: needs.clock.now() });
    const metadata = { agentId: row.agentId, version: row.version, from: agent.activeDeploymentId ?? "nothing" };
    await recordAudit(tx, scope, { action: "deployment.activate", targetKind: "deployment", targetId: row.id, metadata });
    const after = await findDeployment(tx, scope, row.id);
    return { item: toDeploymentItem(after ?? row), previousId: agent.activeDeploymentId };
  });
}
