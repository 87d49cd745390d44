// How much telemetry of each deployment was lost: what the gateway let through against what came (MISSION G5, AHEAD 3).
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { spanOfSteps } from "./span-of-steps";
import type { DeploymentDrop, DropsInput } from "./usage.contract";
import { findAgentId, listDrops } from "./usage.queries";

/** Where most is missing first. Throws `NOT_FOUND` when an agent is asked for that is not the workspace's. */
export function listDeploymentDrops(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  input: DropsInput,
): Promise<DeploymentDrop[]> {
  const { from, to, grain } = spanOfSteps(needs.clock.now(), input);
  const agentId = input.agentId ?? null;
  return inWorkspace(needs.db, scope, async (tx) => {
    if (agentId !== null && !(await findAgentId(tx, scope, agentId))) throw notFound("agent");
    const rows = await listDrops(tx, scope, { from, to, grain, agentId, deploymentId: null });
    return rows.map((row) => {
      const missingEvents = Math.max(0, row.expectedEvents - row.receivedEvents);
      return { ...row, missingEvents, dropShare: row.expectedEvents === 0 ? 0 : missingEvents / row.expectedEvents };
    });
  });
}
