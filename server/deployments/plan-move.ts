// The dry run of a move: the deployment it would be, what becomes of sessions, and what the same use is estimated at there (AHEAD 13, 14).
import type { Runtime } from "~/db/tables/deployments";
import { readInWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Manifest } from "~/server/bundles/manifest.contract";
import type { CostInput } from "~/server/providers/provider";
import type { Services } from "~/server/services";
import { findMovable } from "./find-movable";
import type { MoveAgentInput, MovePlan } from "./moves.contract";
import { countSessionsSince, sumAgentUsage } from "./moves.queries";
import { planDeployment } from "./plan-deployment";

type Needs = Pick<Services, "db" | "clock" | "providers">;

const dayMs = 24 * 60 * 60_000;
const usedDays = 30;
/** Whoever has not come back for so long is not in the middle of a conversation. */
const openDays = 7;

/** Writes nothing. Rejects like `moveAgent` for what is no version's fault; what refuses the version itself is in `refusals`. */
export async function planMove(needs: Needs, scope: WorkspaceScope, { agentId, runtime: to }: MoveAgentInput): Promise<MovePlan> {
  const before = (days: number) => new Date(needs.clock.now().getTime() - days * dayMs);
  const { live, open, usage } = await readInWorkspace(needs.db, scope, async (tx) => ({
    live: (await findMovable(tx, scope, { agentId, runtime: to })).live,
    open: await countSessionsSince(tx, scope, { agentId, since: before(openDays) }),
    usage: await sumAgentUsage(tx, scope, { agentId, since: before(usedDays) }),
  }));
  const plan = await planDeployment(needs, scope, { agentId, uploadId: live.uploadId, runtime: to, activate: true });
  const { onDeploy } = (live.manifest as Manifest).sessions;
  return {
    ...plan,
    from: live.runtime,
    to,
    rollback: { deploymentId: live.id, version: live.version },
    sessions: { open, afterwards: onDeploy === "move" ? "begin_anew" : "stay" },
    cost: { ...usage, nowUsd: estimateOn(needs, live.runtime, usage), thenUsd: estimateOn(needs, to, usage) },
  };
}

function estimateOn({ providers }: Needs, runtime: Runtime, usage: CostInput): number | null {
  return (
    providers
      .list()
      .find((provider) => provider.runtime === runtime)
      ?.estimateCost(usage) ?? null
  );
}
