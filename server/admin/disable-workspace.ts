// Stops a workspace with everything in it: calls, pages, keys, agents and jobs, for all of its members.
import type { Tx } from "~/db/transaction";
import { AppError } from "~/server/errors";
import { type ActCall, type ActNeeds, type Outcome, tellAll } from "./act-call";
import { setWorkspaceDisabledIfEnabledAcrossWorkspaces } from "./switches.queries";

/** Members stay signed in: they may have other workspaces. */
export async function disableWorkspace(tx: Tx, _needs: ActNeeds, call: ActCall): Promise<Outcome> {
  const { targetId: workspaceId, reason, at } = call;
  if (!(await setWorkspaceDisabledIfEnabledAcrossWorkspaces(tx, workspaceId, { reason, at }))) {
    throw new AppError("CONFLICT", "This workspace is disabled already.");
  }
  const act = { action: "workspace.disable", targetKind: "workspace", targetId: workspaceId, metadata: { reason } };
  return { entries: tellAll([workspaceId], act), act, sessionsEnded: 0, keysRevoked: 0 };
}
