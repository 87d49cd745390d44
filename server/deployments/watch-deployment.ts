// Follows a deployment live: a picture of its rows whenever they moved, until it is finished or nobody listens any more.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import { createBell } from "~/server/queue/create-bell";
import { listenToChannel } from "~/server/queue/listen-to-channel";
import { Slots } from "~/server/rate-limit/slots";
import type { Services } from "~/server/services";
import { deploymentChannel } from "./deployment-doorbell";
import { toDeploymentItem } from "./deployment-item";
import { type DeploymentProgress, isFinished } from "./deployments.contract";
import { findDeployment, listLogLines, listSteps } from "./deployments.queries";
import { logLinesMax } from "./get-deployment";

/** A doorbell that was lost is noticed after this long. */
const pollMs = 3_000;

/** Each reads the database at every doorbell and poll. */
const watchersMax = 100;
const watchers = new Slots((max) => `This workspace already watches ${max} deployments at once. Close some of those pages.`);

type Needs = Pick<Services, "db" | "redis">;

/** Throws `NOT_FOUND` at its first step. Ends quietly when `signal` is aborted. */
export async function* watchDeployment(
  needs: Needs,
  scope: WorkspaceScope,
  deploymentId: string,
  signal: AbortSignal,
): AsyncGenerator<DeploymentProgress, void, undefined> {
  const release = watchers.take(scope.workspaceId, watchersMax);
  try {
    yield* follow(needs, scope, deploymentId, signal);
  } finally {
    release();
  }
}

async function* follow(
  needs: Needs,
  scope: WorkspaceScope,
  deploymentId: string,
  signal: AbortSignal,
): AsyncGenerator<DeploymentProgress, void, undefined> {
  const bell = createBell();
  const stopListening = await listenToChannel(needs.redis, deploymentChannel(deploymentId), bell.ring);
  let shown = "";
  let afterSeq = 0;
  try {
    while (!signal.aborted) {
      const progress = await readProgress(needs, scope, deploymentId, afterSeq);
      const picture = JSON.stringify([progress.deployment, progress.steps]);
      if (picture !== shown || progress.newLogs.length > 0) yield progress;
      shown = picture;
      afterSeq = progress.newLogs.at(-1)?.seq ?? afterSeq;
      if (isFinished(progress.deployment.status)) return;
      await bell.wait(pollMs, signal);
    }
  } finally {
    stopListening();
  }
}

function readProgress(needs: Needs, scope: WorkspaceScope, deploymentId: string, afterSeq: number): Promise<DeploymentProgress> {
  return inWorkspace(needs.db, scope, async (tx) => {
    const row = await findDeployment(tx, scope, deploymentId);
    if (!row) throw notFound("deployment");
    const steps = await listSteps(tx, scope, deploymentId);
    const newLogs = await listLogLines(tx, scope, { deploymentId, afterSeq, limit: logLinesMax });
    return { deployment: toDeploymentItem(row), steps, newLogs };
  });
}
