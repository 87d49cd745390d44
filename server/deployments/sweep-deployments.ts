// Heals what a lost ring, a killed worker or a flushed Redis left behind: the rows say what is to be done (MISSION C4).
import { inTransaction } from "~/db/transaction";
import { purgeAgentJob } from "~/server/agents/agents.jobs";
import type { Services } from "~/server/services";
import { signsOfLifeAt } from "./claim-deployment";
import { ringWatchers } from "./deployment-doorbell";
import { type DeploymentKey, runDeploymentJob } from "./deployments.jobs";
import {
  listNeglectedAcrossWorkspaces,
  listOverdueAcrossWorkspaces,
  listStrandedAcrossWorkspaces,
  listUnpurgedAgentsAcrossWorkspaces,
} from "./steps.queries";
import { takeOffVersions } from "./take-off-versions";
import { transitionDeployment } from "./transition-deployment";

type Needs = Pick<Services, "across" | "clock" | "queue" | "redis" | "log" | "blobs" | "providers">;

/** A fresh row's own ring is on its way. */
const queuedGraceMs = 5_000;
/** All stages with all their deadlines and every attempt end long before. */
const overallMs = 20 * 60_000;
const sweptMax = 200;

/** Idempotent: every ring is harmless when the job is already waiting or at work. */
export async function sweepDeployments(needs: Needs): Promise<void> {
  const now = needs.clock.now();
  const signs = signsOfLifeAt(now);
  const overdue = await listOverdueAcrossWorkspaces(needs.across, new Date(now.getTime() - overallMs), sweptMax);
  for (const key of overdue) await failOverdue(needs, key);
  const stranded = await listStrandedAcrossWorkspaces(needs.across, signs, sweptMax);
  for (const key of stranded) await requeueStranded(needs, key);
  const neglected = await listNeglectedAcrossWorkspaces(needs.across, {
    queuedBefore: new Date(now.getTime() - queuedGraceMs),
    now,
    signs,
    limit: sweptMax,
  });
  for (const key of neglected) await needs.queue.ring(runDeploymentJob, key);
  const unpurged = await listUnpurgedAgentsAcrossWorkspaces(needs.across, sweptMax);
  for (const agent of unpurged) await needs.queue.ring(purgeAgentJob, agent);
  await takeOffVersions(needs);
}

/** Whoever still works on it finds its lease gone. */
async function failOverdue(needs: Needs, key: DeploymentKey): Promise<void> {
  const failure = { code: "overdue", reason: "The deployment did not finish in 20 minutes and was given up. Deploy again." };
  const won = await inTransaction(needs.across, (tx) =>
    transitionDeployment(tx, { ...key, from: ["running"], to: "failed", at: needs.clock.now(), failure }),
  );
  if (!won) return;
  needs.log.warn(key, "an overdue deployment was failed");
  await ringWatchers(needs, key.deploymentId);
}

async function requeueStranded(needs: Needs, key: DeploymentKey): Promise<void> {
  const won = await inTransaction(needs.across, (tx) =>
    transitionDeployment(tx, { ...key, from: ["running"], to: "queued", at: needs.clock.now() }),
  );
  if (won) await ringWatchers(needs, key.deploymentId);
}
