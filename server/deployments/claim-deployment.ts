// Takes a deployment up for one worker: a queued one, or a running one whose worker was lost. Of two workers exactly one gets it.
import { randomUUID } from "node:crypto";
import { inTransaction } from "~/db/transaction";
import { ringWatchers } from "./deployment-doorbell";
import type { DeploymentKey } from "./deployments.jobs";
import type { HeldKey, RunNeeds } from "./held-run";
import {
  findHeldBackAcrossWorkspaces,
  findRunAcrossWorkspaces,
  type RunRow,
  type SignsOfLife,
  takeOverIfSilentAcrossWorkspaces,
} from "./steps.queries";
import { transitionDeployment } from "./transition-deployment";

/** Without a sign of life for so long, its worker counts as lost. */
export const leaseMs = 15_000;

/** A worker that dies again and again over one deployment is not sent to it a sixth time. */
export const attemptsMax = 5;

export type Claim = { key: HeldKey; row: RunRow };

/** Null when it is finished, when somebody else holds it, or when it waits for its workspace or its person to be enabled. */
export async function claimDeployment(needs: RunNeeds, key: DeploymentKey): Promise<Claim | null> {
  const leaseId = randomUUID();
  const at = needs.clock.now();
  const isClaimed = await inTransaction(needs.across, async (tx) => {
    if (await findHeldBackAcrossWorkspaces(tx, key)) return false;
    if (await transitionDeployment(tx, { ...key, from: ["queued"], to: "running", at, newLeaseId: leaseId })) return true;
    return (await takeOverIfSilentAcrossWorkspaces(tx, key, { leaseId, at, signs: signsOfLifeAt(at) })) !== undefined;
  });
  if (!isClaimed) return null;
  await ringWatchers(needs, key.deploymentId);
  const row = await findRunAcrossWorkspaces(needs.across, key);
  return row ? { key: { ...key, leaseId }, row } : null;
}

/** Clocks may differ by a lease; a sign further ahead is of a clock that was wrong, and nobody waits until it comes true. */
export function signsOfLifeAt(now: Date): SignsOfLife {
  return { from: new Date(now.getTime() - leaseMs), to: new Date(now.getTime() + leaseMs) };
}
