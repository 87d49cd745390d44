// A workspace as the simulator wants it: everything that a plan can stop, in the order in which room is given.
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Period } from "~/server/plans/period-of";
import { sumUsageAcrossWorkspaces } from "~/server/plans/plans.queries";
import type { WorkspaceState } from "~/server/plans/simulate-plan";
import {
  countPlannedInvitations,
  listPlannedAgents,
  listPlannedDeployments,
  listPlannedKeys,
  listPlannedMembers,
} from "./workspace-state.queries";

/** More than the largest plan holds. */
const thingsMax = 10_000;

export async function readWorkspaceState(
  tx: Tx,
  scope: WorkspaceScope,
  { now, period }: { now: Date; period: Period },
): Promise<WorkspaceState> {
  return {
    agents: await listPlannedAgents(tx, scope, thingsMax),
    members: await listPlannedMembers(tx, scope, thingsMax),
    openInvitations: await countPlannedInvitations(tx, scope, now),
    keys: await listPlannedKeys(tx, scope, now, thingsMax),
    deployments: await listPlannedDeployments(tx, scope, thingsMax),
    usage: await sumUsageAcrossWorkspaces(tx, scope.workspaceId, period.from),
  };
}
