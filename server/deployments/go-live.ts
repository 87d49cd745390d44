// The end of a run: the probed version goes live, or waits ready when it was deployed without activating or a newer one is live.
import { inTransaction, type Tx } from "~/db/transaction";
import { announceAgentChange } from "~/server/agents/agent-changes";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { findVersionAcrossWorkspaces, lockAgentAcrossWorkspaces } from "./activation.queries";
import { ringWatchers } from "./deployment-doorbell";
import { type Run, RunInterrupted, say } from "./held-run";
import { assertHeld, enterStage } from "./in-stage";
import { makeActive } from "./make-active";
import { transitionDeployment } from "./transition-deployment";

type Ending = { isLive: boolean; previousId: string | null; overtaker: number | null };

export async function goLive(run: Run): Promise<void> {
  const ending = await inTransaction(run.needs.across, (tx) => settle(tx, run));
  if (ending.overtaker !== null) {
    await say(run, "probed", "warn", [
      `Version ${ending.overtaker} went live meanwhile, so this one waits. Activate it if you want it live.`,
    ]);
  }
  await ringWatchers(run.needs, run.key.deploymentId);
  if (ending.previousId) await ringWatchers(run.needs, ending.previousId);
  if (ending.isLive) await announceAgentChange(run.needs, run.row.agentId);
}

async function settle(tx: Tx, run: Run): Promise<Ending> {
  const { row, key } = run;
  const agent = await lockAgentAcrossWorkspaces(tx, row);
  if (!agent || agent.deletedAt) throw new RunInterrupted("cancelled");
  const overtaker = row.activates ? await findOvertaker(tx, run, agent.activeDeploymentId) : null;
  if (!row.activates || overtaker !== null) {
    await assertHeld(tx, run);
    await transitionDeployment(tx, { ...key, from: ["running"], to: "ready", at: run.needs.clock.now() });
    return { isLive: false, previousId: null, overtaker };
  }
  await enterStage(tx, run, "active");
  await makeActive(tx, { key, agent, from: ["running"], at: run.needs.clock.now() });
  await recordWorkspaceAudit(tx, key.workspaceId, {
    actorKind: "system",
    action: "deployment.activate",
    targetKind: "deployment",
    targetId: key.deploymentId,
    metadata: { agentId: row.agentId, version: row.version, from: agent.activeDeploymentId ?? "nothing" },
  });
  return { isLive: true, previousId: agent.activeDeploymentId, overtaker };
}

/** A slow version must not push out a newer one that was faster. */
async function findOvertaker(tx: Tx, run: Run, activeDeploymentId: string | null): Promise<number | null> {
  if (activeDeploymentId === null) return null;
  const live = await findVersionAcrossWorkspaces(tx, { workspaceId: run.key.workspaceId, deploymentId: activeDeploymentId });
  return live && live.version > run.row.version ? live.version : null;
}
