// The dry run of a promotion or rollback: which version steps back, what changes for callers, and what would refuse it (AHEAD 14).
import { readInWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { findDeployment } from "./deployments.queries";
import { afterwards, fallenOutOfReach, foreseeChange } from "./foresee-change";
import type { ActivationPlan } from "./foresight.contract";
import { findAgentUnlocked, listActivatable } from "./foresight.queries";
import { judgeActivation } from "./judge-activation";
import { toForeseen } from "./refusals";

/** Writes nothing: PostgreSQL refuses any write here. */
export function planActivation(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  deploymentId: string,
): Promise<ActivationPlan> {
  return readInWorkspace(needs.db, scope, async (tx) => {
    const row = await findDeployment(tx, scope, deploymentId);
    const agent = row && (await findAgentUnlocked(tx, scope, row.agentId));
    if (!row || !agent) throw notFound("deployment");
    const live = (agent.activeDeploymentId && (await findDeployment(tx, scope, agent.activeDeploymentId))) || null;
    const isLive = live?.id === row.id;
    const judged = await judgeActivation(tx, needs, scope, { row, agent });
    const refusals = isLive ? [] : judged.refusals;
    const steppingBack = live && !isLive ? { deploymentId: live.id, version: live.version } : null;
    const now = await listActivatable(tx, scope, row.agentId);
    const then = afterwards(now, { came: [steppingBack], left: row.id });
    const incoming = { agentId: row.agentId, manifest: row.manifest as Manifest, uploadId: row.uploadId };
    return {
      agentId: row.agentId,
      deploymentId: row.id,
      version: row.version,
      runtime: row.runtime,
      direction: isLive ? "none" : live && live.version > row.version ? "rollback" : "promotion",
      isAllowed: refusals.length === 0,
      refusals: refusals.map(toForeseen),
      replaces: steppingBack,
      outOfReach: fallenOutOfReach(now, then, judged.plan.plan.deploymentsKeptMax),
      ...(await foreseeChange(tx, scope, incoming, live)),
    };
  });
}
