// Prunes what plans do not keep: marks old versions, takes them off their runtimes, removes their modules and unshared bundles.
import { planOf } from "~/server/plans/plans";
import type { Services } from "~/server/services";
import { protectedVersions } from "./choose-pruned";
import { listAgentsToPruneAcrossWorkspaces } from "./prune.queries";
import { pruneAgent } from "./prune-agent";
import { removePrunedBundles } from "./remove-pruned-bundles";
import { type TakenOff, takeOffVersions } from "./take-off-versions";

type Needs = Pick<Services, "across" | "clock" | "blobs" | "providers" | "log">;

const pageMax = 200;
const pagesMax = 50;

export type VersionsReport = TakenOff & { pruned: number; bundlesRemoved: number };

/** Idempotent; what it does not get done now, the next sweep does. */
export async function sweepVersions(needs: Needs): Promise<VersionsReport> {
  const pruned = await pruneAgents(needs);
  const takenOff = await takeOffVersions(needs);
  const bundlesRemoved = await removePrunedBundles(needs);
  const report = { pruned, ...takenOff, bundlesRemoved };
  if (pruned + takenOff.takenOff + takenOff.unreachable + bundlesRemoved > 0) needs.log.info(report, "swept old versions");
  return report;
}

async function pruneAgents(needs: Needs): Promise<number> {
  let pruned = 0;
  let afterAgentId = "";
  for (let page = 0; page < pagesMax; page += 1) {
    const query = { keptMin: protectedVersions, afterAgentId, limit: pageMax };
    const agents = await listAgentsToPruneAcrossWorkspaces(needs.across, query);
    for (const { agentId, workspaceId, tier, planChanges } of agents) {
      const { deploymentsKeptMax: keptMax } = planOf(tier, planChanges);
      pruned += await pruneAgent(needs, { agentId, workspaceId, keptMax });
    }
    afterAgentId = agents.at(-1)?.agentId ?? afterAgentId;
    if (agents.length < pageMax) break;
  }
  return pruned;
}
