// The dry run of a deployment: the version it would get, what it would change, and what would refuse it (AHEAD 14).
import { readInWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { CreateDeploymentInput } from "./deployments.contract";
import { findDeployment } from "./deployments.queries";
import { afterwards, fallenOutOfReach, foreseeChange } from "./foresee-change";
import type { DeploymentPlan } from "./foresight.contract";
import { findAgentUnlocked, listActivatable } from "./foresight.queries";
import { judgeDeployment } from "./judge-deployment";
import { toForeseen } from "./refusals";

/** Writes nothing: PostgreSQL refuses any write here. Rejects with `NOT_FOUND` for the agent or the upload. */
export function planDeployment(
  needs: Pick<Services, "db" | "clock" | "providers">,
  scope: WorkspaceScope,
  input: CreateDeploymentInput,
): Promise<DeploymentPlan> {
  const { agentId, uploadId, runtime, activate } = input;
  return readInWorkspace(needs.db, scope, async (tx) => {
    const agent = await findAgentUnlocked(tx, scope, agentId);
    if (!agent) throw notFound("agent");
    const judged = await judgeDeployment(tx, needs, scope, { agent, uploadId, runtime });
    const live = (agent.activeDeploymentId && (await findDeployment(tx, scope, agent.activeDeploymentId))) || null;
    const liveVersion = live && { deploymentId: live.id, version: live.version };
    const now = await listActivatable(tx, scope, agentId);
    const waiting = activate ? liveVersion : { deploymentId: "", version: judged.version };
    const then = afterwards(now, { came: [waiting], left: null });
    const { manifest, plan } = judged;
    return {
      agentId,
      uploadId,
      version: judged.version,
      runtime: judged.runtime,
      activates: activate,
      isAllowed: judged.refusals.length === 0,
      refusals: judged.refusals.map(toForeseen),
      replaces: activate ? liveVersion : null,
      timeoutMs: Math.min(manifest.limits.timeoutMs, plan.plan.timeoutMsMax),
      memoryMb: Math.min(manifest.limits.memoryMb, plan.plan.memoryMbMax),
      golden: manifest.golden,
      outOfReach: fallenOutOfReach(now, then, plan.plan.deploymentsKeptMax),
      ...(await foreseeChange(tx, scope, { agentId, manifest, uploadId }, live)),
    };
  });
}
