// What follows a flipped switch at once: processes are told, agents stopped, waiting work rung for. The sweeps heal what is lost here.
import { purgeAgentJob } from "~/server/agents/agents.jobs";
import { runDeploymentJob } from "~/server/deployments/deployments.jobs";
import { stopAgents } from "~/server/deployments/stop-agents";
import { announceCut, type Cut } from "~/server/incidents/announce-cut";
import type { ActNeeds } from "./act-call";
import { type Act, targetOf } from "./acts.contract";
import { listDeletedAgentsOfAcrossWorkspaces, listQueuedOfAcrossWorkspaces } from "./switches.queries";

const rungMax = 200;

/** How long gateways get to end their calls: told, they do it at once; untold, at their next look. */
const toldGraceMs = 150;
const untoldGraceMs = 1_000;

const cutKinds = { user: "user", workspace: "workspace", key: "api_key", everybody: "everybody" } as const satisfies Record<
  string,
  Cut["kind"]
>;

/** Answers how many waiting deployments were rung for. Never fails the act: it is done and written by now. */
export async function carryOut(needs: ActNeeds, act: Act, targetId: string): Promise<number> {
  try {
    if (act === "enable_user") return await ringFor(needs, { userId: targetId });
    if (act === "enable_workspace") return await ringFor(needs, { workspaceId: targetId });
    const isTold = await announceCut(needs, { kind: cutKinds[targetOf[act]], id: targetId });
    if (act === "disable_workspace") await stopAgentsSoon(needs, targetId, isTold ? toldGraceMs : untoldGraceMs);
  } catch (error) {
    needs.log.error({ err: error, act, targetId }, "what follows a switch could not be done at once; the sweeps do it");
  }
  return 0;
}

/** First whoever streams reads why, then the agent under them is stopped. */
async function stopAgentsSoon(needs: ActNeeds, workspaceId: string, graceMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, graceMs));
  await stopAgents(needs, workspaceId);
}

async function ringFor(needs: ActNeeds, of: { userId: string } | { workspaceId: string }): Promise<number> {
  const queued = await listQueuedOfAcrossWorkspaces(needs.across, of, rungMax);
  for (const key of queued) await needs.queue.ring(runDeploymentJob, key);
  if ("workspaceId" in of) {
    const deleted = await listDeletedAgentsOfAcrossWorkspaces(needs.across, of.workspaceId, rungMax);
    for (const agent of deleted) await needs.queue.ring(purgeAgentJob, agent);
  }
  return queued.length;
}
