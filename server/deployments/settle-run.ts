// What becomes of a deployment whose run did not reach its end: cancelled, failed with safe words, back in the queue, or handed on.

import type { DeploymentStage } from "~/db/tables/deployments";
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { AppError } from "~/server/errors";
import { redactText } from "~/server/redaction/redact-text";
import { toStorableText } from "~/server/storable-text";
import { attemptsMax, type Claim } from "./claim-deployment";
import { ringWatchers } from "./deployment-doorbell";
import { RunInterrupted, type RunNeeds } from "./held-run";
import { insertLogLinesAcrossWorkspaces, releaseHeldAcrossWorkspaces } from "./steps.queries";
import { takeOff } from "./take-off-versions";
import { transitionDeployment } from "./transition-deployment";

export type BrokenRun = { needs: RunNeeds; claim: Claim; stage: DeploymentStage; error: unknown };

const reasonCharactersMax = 1_000;
/** However often it is met meanwhile: a program of ours that starts again on a busy machine takes longer than five tries do. */
const outageWaitedOutMs = 2 * 60_000;
const outageReasons: ReadonlySet<string> = new Set([
  "host_unreachable",
  "house_unreachable",
  "provider_unavailable",
  "provider_away",
  "provider_throttled",
]);

/** Rejects with the original error when the run should be delivered again. */
export async function settleRun({ needs, claim, stage, error }: BrokenRun): Promise<void> {
  const why = error instanceof RunInterrupted ? error.why : null;
  const { deploymentId } = claim.key;
  if (why === "lease_lost") {
    needs.log.warn({ deploymentId, stage }, "a deployment was taken over or settled by somebody else");
    return;
  }
  if (why === "cancelled") return cancelRun(needs, claim);
  if (why === "paused") return pauseRun(needs, claim, stage);
  const isLastTry = claim.row.attempts >= attemptsMax;
  if (why === "draining" || (isOurs(error) && !isLastTry) || isWaitedOut(needs, claim, error)) {
    await releaseHeldAcrossWorkspaces(needs.across, claim.key, { forgetsAttempt: why === "draining" || isLastTry });
    throw error;
  }
  if (!(error instanceof AppError)) needs.log.error({ err: error, deploymentId, stage }, "a deployment failed on our side");
  await failRun(needs, claim, stage, failureOf(error, stage));
}

/** The customer's mistakes are final; ours, and a host that is being restarted, deserve another try. */
function isOurs(error: unknown): boolean {
  return !(error instanceof AppError) || error.code === "INTERNAL" || isOutage(error);
}

function isWaitedOut(needs: RunNeeds, { row }: Claim, error: unknown): boolean {
  const startedAt = row.startedAt?.getTime() ?? 0;
  return isOutage(error) && needs.clock.now().getTime() - startedAt < outageWaitedOutMs;
}

/** One of our own programs was away, as it is while it restarts, or the runtime's vendor: nobody's bundle is to blame. */
export function isOutage(error: unknown): boolean {
  return error instanceof AppError && outageReasons.has(error.details.reason ?? "");
}

async function cancelRun(needs: RunNeeds, claim: Claim): Promise<void> {
  const { key } = claim;
  const won = await inTransaction(needs.across, (tx) =>
    transitionDeployment(tx, { ...key, from: ["running"], to: "cancelled", at: needs.clock.now() }),
  );
  if (!won) return;
  await ringWatchers(needs, key.deploymentId);
  await discard(needs, claim);
}

/** What it has built is kept; the rest is done again once it may go on. */
async function pauseRun(needs: RunNeeds, { key }: Claim, stage: DeploymentStage): Promise<void> {
  const at = needs.clock.now();
  const line =
    "Paused: the workspace, or the account that asked for this, is disabled. It goes on by itself once that is enabled.";
  const won = await inTransaction(needs.across, async (tx) => {
    if (!(await transitionDeployment(tx, { ...key, from: ["running"], to: "queued", at }))) return false;
    await insertLogLinesAcrossWorkspaces(tx, key, [{ stage, level: "warn", line, createdAt: at }]);
    return true;
  });
  if (won) await ringWatchers(needs, key.deploymentId);
}

/** A version that never got ready is not started again: a retry is a new version from the same upload. */
async function discard(needs: RunNeeds, { row }: Claim): Promise<void> {
  // The sweep looks again: a runtime may not answer now, and one that was asked to place it may do so late.
  await takeOff(needs, row, [needs.clock.now()]);
}

type Failure = { code: string; reason: string };

async function failRun(needs: RunNeeds, claim: Claim, stage: DeploymentStage, failure: Failure): Promise<void> {
  const { key, row } = claim;
  const at = needs.clock.now();
  const won = await inTransaction(needs.across, async (tx) => {
    if (!(await transitionDeployment(tx, { ...key, from: ["running"], to: "failed", at, failure }))) return false;
    await insertLogLinesAcrossWorkspaces(tx, key, [{ stage, level: "error", line: failure.reason, createdAt: at }]);
    await recordWorkspaceAudit(tx, key.workspaceId, {
      actorKind: "system",
      action: "deployment.fail",
      targetKind: "deployment",
      targetId: key.deploymentId,
      metadata: { agentId: row.agentId, version: row.version, stage, code: failure.code },
    });
    return true;
  });
  if (!won) return;
  await ringWatchers(needs, key.deploymentId);
  await discard(needs, claim);
}

const codes: Record<DeploymentStage, string> = {
  received: "internal",
  checked: "check_failed",
  built: "build_failed",
  placed: "place_failed",
  probed: "start_failed",
  active: "activation_failed",
};

function failureOf(error: unknown, stage: DeploymentStage): Failure {
  if (error instanceof AppError && error.code !== "INTERNAL" && !isOutage(error)) {
    const reason = toStorableText(redactText(error.message).slice(0, reasonCharactersMax));
    return { code: error.details.reason ?? codes[stage], reason };
  }
  if (isOutage(error)) {
    return {
      code: "host_unreachable",
      reason: "The agent host and the platform could not reach each other. Deploy again; if that fails too, tell the operator.",
    };
  }
  return {
    code: "internal",
    reason: `Something on our side failed ${attemptsMax} times. Deploy again; if that fails too, tell the operator.`,
  };
}
