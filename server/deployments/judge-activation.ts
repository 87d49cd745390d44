// What stands against a version going live: asked by the act, which throws the first, and by its dry run, which tells them all.
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { AppError, notFound } from "~/server/errors";
import { assertPlanned } from "~/server/plans/assert-planned";
import { type CurrentPlan, readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import { countNewerActivatable, type DeploymentRow } from "./deployments.queries";
import { Refusals } from "./refusals";
import { refuseMissingSecrets } from "./refuse-missing-secrets";

export type JudgedActivation = { plan: CurrentPlan; refusals: readonly AppError[] };

/** Rejects with `NOT_FOUND` when the workspace is gone. */
export async function judgeActivation(
  tx: Tx,
  needs: Pick<Services, "clock">,
  scope: WorkspaceScope,
  { row, agent }: { row: DeploymentRow; agent: { disabledAt: Date | null } },
): Promise<JudgedActivation> {
  const refusals = new Refusals();
  await refusals.unless(() => assertActivatable(row));
  await refusals.unless(() => refuseMissingSecrets(tx, row, row.manifest as Manifest));
  const plan = await readPlan(tx, scope.workspaceId, needs.clock.now());
  if (!plan) throw notFound("deployment");
  const place = await countNewerActivatable(tx, scope, row);
  const agentCore = (row.manifest as Manifest).agentcore;
  await refusals.unless(() => assertPlanned({ kind: "activate", runtime: row.runtime, place, agentCore }, plan));
  await refusals.unless(() => assertEnabled(agent));
  return { plan, refusals: refusals.all };
}

function assertActivatable(row: DeploymentRow): void {
  if (row.prunedAt) {
    throw new AppError("CONFLICT", `Version ${row.version} was pruned: the plan does not keep it. Deploy its bundle anew.`, {
      details: { reason: "version_pruned" },
    });
  }
  if (row.status === "ready" || row.status === "superseded") return;
  throw new AppError("CONFLICT", `Version ${row.version} is ${row.status}; only a version that passed its probe can go live.`);
}

export function assertEnabled(agent: { disabledAt: Date | null }): void {
  if (agent.disabledAt) throw new AppError("CONFLICT", "The agent is disabled. Enable it first.");
}
