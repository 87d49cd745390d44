// Runs one stage of a deployment: entered and left in the rows under the lease, ended by its deadline or an interruption.

import type { DeploymentStage, Runtime } from "~/db/tables/deployments";
import { inTransaction, type Tx } from "~/db/transaction";
import { AppError } from "~/server/errors";
import { instruments } from "~/server/observability/instruments";
import { ringWatchers } from "./deployment-doorbell";
import { type Run, RunInterrupted } from "./held-run";
import { updateHeldAcrossWorkspaces, upsertStepAcrossWorkspaces } from "./steps.queries";

/** `golden` is the second half of the stage `probed`, with a deadline of its own. */
export type StageDeadlines = Record<"checked" | "built" | "placed" | "probed" | "golden", number>;

/** Milliseconds; what takes longer is not going to end. */
export const stageDeadlines: StageDeadlines = { checked: 60_000, built: 60_000, placed: 30_000, probed: 40_000, golden: 120_000 };

/** How long a runtime may take to hold a version: some answer only when machines far away are ready. */
export const placeDeadlineMs: Record<Runtime, number> = {
  embedded: stageDeadlines.placed,
  cloudflare: 90_000,
  agentcore: 300_000,
  vps: 90_000,
};

/** Rejects with what `act` rejected with, `DEPLOYMENT_FAILED` past the deadline, or {@link RunInterrupted}. */
export async function inStage<T>(
  run: Run,
  part: keyof StageDeadlines,
  deadlineMs: number,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stage = part === "golden" ? "probed" : part;
  await inTransaction(run.needs.across, (tx) => enterStage(tx, run, stage));
  await ringWatchers(run.needs, run.key.deploymentId);
  const deadline = AbortSignal.timeout(deadlineMs);
  const signal = AbortSignal.any([run.signal, deadline]);
  // Interrupted while it entered: nothing of the stage has begun.
  signal.throwIfAborted();
  const began = performance.now();
  const note = (outcome: "done" | "failed") =>
    instruments().stageDuration.record((performance.now() - began) / 1_000, { stage: part, outcome });
  const result = await untilAborted(act(signal), signal).catch((error) => {
    note("failed");
    throw deadline.aborted && !run.signal.aborted ? overdue(part, deadlineMs) : error;
  });
  note("done");
  await inTransaction(run.needs.across, (tx) => leaveStage(tx, run, stage));
  await ringWatchers(run.needs, run.key.deploymentId);
  return result;
}

export async function enterStage(tx: Tx, run: Run, stage: DeploymentStage): Promise<void> {
  await assertHeld(tx, run, { stage });
  await upsertStepAcrossWorkspaces(tx, run.key, { stage, outcome: "running", at: run.needs.clock.now() });
}

/** Whoever lost the lease does not write into the steps of somebody else's run. */
async function leaveStage(tx: Tx, run: Run, stage: DeploymentStage): Promise<void> {
  await assertHeld(tx, run);
  await upsertStepAcrossWorkspaces(tx, run.key, { stage, outcome: "done", at: run.needs.clock.now() });
}

/** Locks the deployment's row until the end of the transaction: a cancel comes either before it, and is heard, or after. */
export async function assertHeld(tx: Tx, run: Run, change: { stage?: DeploymentStage } = {}): Promise<void> {
  const held = await updateHeldAcrossWorkspaces(tx, run.key, { ...change, heartbeatAt: run.needs.clock.now() });
  if (!held) throw new RunInterrupted("lease_lost");
  if (held.cancelRequestedAt) throw new RunInterrupted("cancelled");
}

/** Even when `work` never looks at the signal. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    // Its first step may already have ended it; a listener would wait for an event that is over.
    signal.throwIfAborted();
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    work.catch(() => undefined); // what it says after it was given up
  }
}

const overdueHints: Record<keyof StageDeadlines, string> = {
  checked: "Checking the bundle",
  built: "Bundling the entry point and what it imports",
  placed: "Placing the version on its runtime",
  probed: "Starting the agent and its answer to the probe",
  golden: "The golden calls together",
};

const overdueMends: Partial<Record<keyof StageDeadlines, string>> = {
  probed: "Look for work at the top level of the entry point that never ends.",
  golden: "Name fewer of them, or make them shorter.",
};

function overdue(part: keyof StageDeadlines, deadlineMs: number): AppError {
  return new AppError(
    "DEPLOYMENT_FAILED",
    `${overdueHints[part]} took longer than ${Math.ceil(deadlineMs / 1000)} seconds. ${overdueMends[part] ?? "Try again."}`,
    {
      details: { reason: `${part}_overdue` },
    },
  );
}
