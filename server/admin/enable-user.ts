// Lets a person work again: they sign in anew, their keys count again, what they asked for goes on.
import type { Tx } from "~/db/transaction";
import { AppError } from "~/server/errors";
import { type ActCall, type ActNeeds, type Outcome, tellAll, workspacesToldMax } from "./act-call";
import { findWorkspaceIdsOfAcrossWorkspaces, setUserEnabledIfDisabledAcrossWorkspaces } from "./switches.queries";

export async function enableUser(tx: Tx, _needs: ActNeeds, { targetId: userId, reason }: ActCall): Promise<Outcome> {
  if (!(await setUserEnabledIfDisabledAcrossWorkspaces(tx, userId))) {
    throw new AppError("CONFLICT", "This account is not disabled.");
  }
  const workspaceIds = await findWorkspaceIdsOfAcrossWorkspaces(tx, [userId], workspacesToldMax);
  const act = { action: "user.enable", targetKind: "user", targetId: userId, metadata: { reason } };
  return { entries: tellAll(workspaceIds, act), act, sessionsEnded: 0, keysRevoked: 0 };
}
