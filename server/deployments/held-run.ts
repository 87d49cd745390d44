// One worker's hold on one deployment: the rows it claimed, the signal that stops it, and the log it writes.
import type { LogLevel } from "~/db/tables/deployment-steps";
import type { DeploymentStage } from "~/db/tables/deployments";
import type { Plan } from "~/server/plans/plans";
import type { PlacedDeployment, Provider } from "~/server/providers/provider";
import { redactText } from "~/server/redaction/redact-text";
import type { Services } from "~/server/services";
import { toStorableText } from "~/server/storable-text";
import { ringWatchers } from "./deployment-doorbell";
import type { DeploymentKey } from "./deployments.jobs";
import { insertLogLinesAcrossWorkspaces, type RunRow } from "./steps.queries";

export type RunNeeds = Pick<Services, "config" | "across" | "clock" | "redis" | "log" | "queue" | "blobs" | "providers">;

export type HeldKey = DeploymentKey & { leaseId: string };

export type Run = {
  needs: RunNeeds;
  key: HeldKey;
  row: RunRow;
  plan: Plan;
  provider: Provider;
  target: PlacedDeployment;
  /** Aborted with a {@link RunInterrupted}. */
  signal: AbortSignal;
};

/**
 * `lease_lost`: another worker has it, or somebody settled it. `draining`: this process is about to end. `paused`: its workspace,
 * or whoever asked for it, was disabled.
 */
export type Interruption = "cancelled" | "lease_lost" | "draining" | "paused";

export class RunInterrupted extends Error {
  constructor(readonly why: Interruption) {
    super(`The run was interrupted: ${why}.`);
    this.name = "RunInterrupted";
  }
}

const lineCharactersMax = 4_000;
const linesMax = 200;

/** Adds lines to the deployment's log, redacted and cut, and rings whoever watches. */
export async function say(run: Run, stage: DeploymentStage, level: LogLevel, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const createdAt = run.needs.clock.now();
  const rows = lines.slice(0, linesMax).map((line) => ({
    stage,
    level,
    line: toStorableText(redactText(line).slice(0, lineCharactersMax)),
    createdAt,
  }));
  await insertLogLinesAcrossWorkspaces(run.needs.across, run.key, rows);
  await ringWatchers(run.needs, run.key.deploymentId);
}
