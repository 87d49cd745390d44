// Marks an agent's versions that its plan does not keep; from then on none of them can go live, be called or be started.
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { Services } from "~/server/services";
import { lockAgentAcrossWorkspaces } from "./activation.queries";
import { choosePruned } from "./choose-pruned";
import { findUnfinishedAcrossWorkspaces, listPrunableAcrossWorkspaces, setPrunedAcrossWorkspaces } from "./prune.queries";

/** More than this are marked over several sweeps. */
const versionsMax = 5_000;

/** Answers how many it marked. None while a version of the agent is under way: it may supersede the one that is live. */
export function pruneAgent(
  needs: Pick<Services, "across" | "clock">,
  agent: { agentId: string; workspaceId: string; keptMax: number },
): Promise<number> {
  return inTransaction(needs.across, async (tx) => {
    const row = await lockAgentAcrossWorkspaces(tx, agent);
    if (!row || row.deletedAt || (await findUnfinishedAcrossWorkspaces(tx, agent))) return 0;
    const pruned = choosePruned(await listPrunableAcrossWorkspaces(tx, agent, versionsMax), agent.keptMax);
    if (pruned.length === 0) return 0;
    await setPrunedAcrossWorkspaces(tx, agent, { ids: pruned.map((version) => version.id), at: needs.clock.now() });
    const numbers = pruned.map((version) => version.version).sort((one, other) => one - other);
    await recordWorkspaceAudit(tx, agent.workspaceId, {
      actorKind: "system",
      action: "deployment.prune",
      targetKind: "agent",
      targetId: agent.agentId,
      metadata: { versions: numbers.length, oldest: numbers[0] ?? 0, newest: numbers.at(-1) ?? 0, kept: agent.keptMax },
    });
    return pruned.length;
  });
}
