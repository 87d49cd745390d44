// Takes one deployment through its stages. Every stage may be repeated: delivered twice or resumed after a crash, it ends the same.
import { rm } from "node:fs/promises";
import type { DeploymentStage } from "~/db/tables/deployments";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { AppError } from "~/server/errors";
import { planOf } from "~/server/plans/plans";
import { buildStage, type StoredModule } from "./build-stage";
import { checkStage, unpackDirectory } from "./check-stage";
import { attemptsMax, type Claim, claimDeployment } from "./claim-deployment";
import type { DeploymentKey } from "./deployments.jobs";
import { goLive } from "./go-live";
import { goldenStage } from "./golden-stage";
import { type Run, RunInterrupted, type RunNeeds, say } from "./held-run";
import { inStage, placeDeadlineMs, type StageDeadlines, stageDeadlines } from "./in-stage";
import { keepHeartbeat } from "./keep-heartbeat";
import { placeStage } from "./place-stage";
import { probeStage } from "./probe-stage";
import { readVerified } from "./read-verified";
import { settleRun } from "./settle-run";
import { settleRunningStepsAcrossWorkspaces } from "./steps.queries";

export type RunOptions = {
  /** Aborted when this process is about to end: the run is handed to the next worker. */
  draining: AbortSignal;
  deadlines?: Partial<StageDeadlines>;
};

/**
 * Resolves when the deployment is settled or paused, or when it is not ours to run. Rejects only when the run should be delivered again:
 * something on our side failed, or the process drains.
 */
export async function runDeployment(needs: RunNeeds, key: DeploymentKey, options: RunOptions): Promise<void> {
  const claim = await claimDeployment(needs, key);
  if (!claim) return;
  const heartbeat = keepHeartbeat(needs, claim, options.draining);
  const at: { stage: DeploymentStage } = { stage: claim.row.stage };
  const run = (): Run => openRun(needs, claim, heartbeat.signal);
  try {
    const placed = placeDeadlineMs[claim.row.runtime];
    await runStages(run(), at, { ...stageDeadlines, placed, ...options.deadlines });
  } catch (error) {
    await settleRun({ needs, claim, stage: at.stage, error });
  } finally {
    heartbeat.stop();
    await rm(unpackDirectory({ needs, key: claim.key }), { recursive: true, force: true });
  }
}

function openRun(needs: RunNeeds, { key, row }: Claim, signal: AbortSignal): Run {
  const target = { deploymentId: row.id, agentId: row.agentId, workspaceId: row.workspaceId };
  return { needs, key, row, plan: planOf(row.tier, row.planChanges), provider: needs.providers.get(row.runtime), target, signal };
}

async function runStages(run: Run, at: { stage: DeploymentStage }, deadlines: StageDeadlines): Promise<void> {
  if (run.row.cancelRequestedAt || run.row.agentDeletedAt) throw new RunInterrupted("cancelled");
  if (run.row.attempts > attemptsMax) throw givenUp();
  if (run.row.attempts > 1) await say(run, run.row.stage, "warn", [`Taken up again, attempt ${run.row.attempts}.`]);
  const module = await findModule(run, at, deadlines);
  at.stage = "placed";
  await inStage(run, "placed", run.provider.placingMs ?? deadlines.placed, (signal) => placeStage(run, module, signal));
  at.stage = "probed";
  await inStage(run, "probed", deadlines.probed, (signal) => probeStage(run, signal));
  if ((run.row.manifest as Manifest).golden.length > 0) {
    await inStage(run, "golden", deadlines.golden, (signal) => goldenStage(run, signal));
  }
  at.stage = "active";
  await goLive(run);
}

/** A run that is taken up again behind its build does not build again. */
async function findModule(run: Run, at: { stage: DeploymentStage }, deadlines: StageDeadlines): Promise<StoredModule> {
  const { moduleSha256: sha256, moduleBlobKey: blobKey } = run.row;
  if (sha256 !== null && blobKey !== null) {
    // Whoever built it may have died before it could say that it was done.
    await settleRunningStepsAcrossWorkspaces(run.needs.across, run.key, { outcome: "done", finishedAt: run.needs.clock.now() });
    const bytes = await readVerified(run.needs, { ...run.key, what: "module", blobKey, sha256 });
    return { text: bytes.toString("utf8"), sha256 };
  }
  const directory = unpackDirectory(run);
  at.stage = "checked";
  await inStage(run, "checked", deadlines.checked, () => checkStage(run, directory));
  at.stage = "built";
  return inStage(run, "built", deadlines.built, (signal) => buildStage(run, directory, signal));
}

function givenUp(): AppError {
  return new AppError(
    "DEPLOYMENT_FAILED",
    `The worker was lost ${attemptsMax} times over this deployment. Make the bundle smaller, then deploy again.`,
    { details: { reason: "worker_lost" } },
  );
}
