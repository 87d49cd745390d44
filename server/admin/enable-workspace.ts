// Lets a workspace work again, as it was: keys count, agents start with their next call, what was queued goes on.
import type { Tx } from "~/db/transaction";
import { AppError } from "~/server/errors";
import { type ActCall, type ActNeeds, type Outcome, tellAll } from "./act-call";
import { setWorkspaceEnabledIfDisabledAcrossWorkspaces } from "./switches.queries";

export async function enableWorkspace(tx: Tx, _needs: ActNeeds, call: ActCall): Promise<Outcome> {
  const { targetId: workspaceId, reason } = call;
  if (!(await setWorkspaceEnabledIfDisabledAcrossWorkspaces(tx, workspaceId))) {
    throw new AppError("CONFLICT", "This workspace is not disabled.");
  }
  const act = { action: "workspace.enable", targetKind: "workspace", targetId: workspaceId, metadata: { reason } };
  return { entries: tellAll([workspaceId], act), act, sessionsEnded: 0, keysRevoked: 0 };
}
