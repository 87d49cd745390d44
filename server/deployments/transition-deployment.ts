// The only place that changes a deployment's status: by compare-and-set along the table of the contract, steps written with it.
import type { Db } from "~/db/client";
import type { StepOutcome } from "~/db/tables/deployment-steps";
import type { DeploymentStatus } from "~/db/tables/deployments";
import { instruments } from "~/server/observability/instruments";
import { deploymentTransitions } from "./deployments.contract";
import type { DeploymentKey } from "./deployments.jobs";
import {
  deleteRunningStepsAcrossWorkspaces,
  setStatusIfAcrossWorkspaces,
  settleRunningStepsAcrossWorkspaces,
  upsertStepAcrossWorkspaces,
} from "./steps.queries";

export type Transition = DeploymentKey & {
  from: readonly DeploymentStatus[];
  to: DeploymentStatus;
  at: Date;
  /** Only when this worker still holds the deployment. */
  leaseId?: string;
  /** Given with `failed`: safe words for people. */
  failure?: { code: string; reason: string };
  /** Given with `running`: whoever takes it up. */
  newLeaseId?: string;
};

const stepOutcomeOf: Partial<Record<DeploymentStatus, StepOutcome>> = { failed: "failed", cancelled: "cancelled" };

/**
 * Whether this caller won. Call it inside a transaction, and `ringWatchers` after it. Throws when the contract does not know
 * the move: that is a mistake in our code.
 */
export async function transitionDeployment(tx: Db, move: Transition): Promise<boolean> {
  for (const from of move.from) assertKnown(from, move.to);
  const won = await setStatusIfAcrossWorkspaces(tx, move, changesOf(move));
  if (!won) return false;
  instruments().deployments.add(1, { status: move.to });
  const outcome = stepOutcomeOf[move.to];
  if (outcome) await settleRunningStepsAcrossWorkspaces(tx, move, { outcome, finishedAt: move.at });
  if (move.to === "queued") await deleteRunningStepsAcrossWorkspaces(tx, move);
  if (move.to === "active") await upsertStepAcrossWorkspaces(tx, move, { stage: "active", outcome: "done", at: move.at });
  return true;
}

function assertKnown(from: DeploymentStatus, to: DeploymentStatus): void {
  if (!deploymentTransitions[from].includes(to)) throw new Error(`No deployment moves from ${from} to ${to}.`);
}

function changesOf(move: Transition): Parameters<typeof setStatusIfAcrossWorkspaces>[2] {
  const { at, failure, newLeaseId } = move;
  switch (move.to) {
    case "queued":
      return { startedAt: null, heartbeatAt: null, leaseId: null };
    case "running":
      return { startedAt: at, heartbeatAt: at, leaseId: newLeaseId ?? null, attempts: 1 };
    case "active":
      return { stage: "active", activatedAt: at, leaseId: null };
    case "failed":
      return { leaseId: null, finishedAt: at, failureCode: failure?.code ?? "internal", failureReason: failure?.reason ?? "" };
    case "ready":
    case "cancelled":
      return { leaseId: null, finishedAt: at };
    default:
      return {};
  }
}
