// Stops a person: signed out, their keys refused, what they asked for waits. Their workspaces go on for everybody else.
import type { Tx } from "~/db/transaction";
import { AppError } from "~/server/errors";
import { type ActCall, type ActNeeds, type Outcome, tellAll, workspacesToldMax } from "./act-call";
import {
  deleteSessionsAcrossWorkspaces,
  findWorkspaceIdsOfAcrossWorkspaces,
  lockSuperAdminsAcrossWorkspaces,
  setUserDisabledIfEnabledAcrossWorkspaces,
} from "./switches.queries";

/** Rejects with `CONFLICT` for oneself, for the last operator, and when the account is disabled already. */
export async function disableUser(tx: Tx, needs: ActNeeds, call: ActCall): Promise<Outcome> {
  const { targetId: userId, reason, at } = call;
  await assertDispensable(tx, needs, call);
  if (!(await setUserDisabledIfEnabledAcrossWorkspaces(tx, userId, { reason, at }))) {
    throw new AppError("CONFLICT", "This account is disabled already.");
  }
  const ended = await deleteSessionsAcrossWorkspaces(tx, { userId }, "");
  const workspaceIds = await findWorkspaceIdsOfAcrossWorkspaces(tx, [userId], workspacesToldMax);
  const act = { action: "user.disable", targetKind: "user", targetId: userId, metadata: { reason, sessionsEnded: ended.length } };
  return { entries: tellAll(workspaceIds, act), act, sessionsEnded: ended.length, keysRevoked: 0 };
}

/** The platform is never left without somebody who can enable others again. */
async function assertDispensable(tx: Tx, { config }: ActNeeds, { operator, targetId }: ActCall): Promise<void> {
  if (operator.userId === targetId) {
    throw new AppError("CONFLICT", "You cannot disable your own account. Ask another operator of the platform to do it.");
  }
  const operators = await lockSuperAdminsAcrossWorkspaces(tx, config.superAdminEmails);
  const enabled = operators.filter(({ disabledAt }) => disabledAt === null);
  if (!enabled.some(({ id }) => id === operator.userId)) {
    throw new AppError("UNAUTHORIZED", "Your own account was disabled a moment ago.");
  }
  if (enabled.every(({ id }) => id === targetId)) {
    throw new AppError("CONFLICT", "This is the last operator of the platform. Name another one in SUPER_ADMIN_EMAILS first.");
  }
}
