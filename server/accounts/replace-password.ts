// Puts a new password in place: every session, waiting sign-in and reset letter ends; who comes in next the caller says (MISSION B4).
import type { Tx } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { openSessions, type SessionNeeds } from "~/server/auth/sessions";
import { setTokensUsedAcrossWorkspaces } from "~/server/auth/user-token.queries";
import { setPasswordAcrossWorkspaces } from "./accounts.queries";
import type { Caller } from "./begin-session";
import { deletePendingSignInsOfUserAcrossWorkspaces } from "./pending-sign-ins.queries";

export type PasswordReplacement = {
  userId: string;
  passwordHash: string;
  action: "user.change_password" | "user.reset_password" | "user.set_password";
  caller: Caller;
};

export async function replacePassword(tx: Tx, needs: SessionNeeds, replacement: PasswordReplacement): Promise<void> {
  const { userId, caller, action } = replacement;
  await setPasswordAcrossWorkspaces(tx, userId, replacement.passwordHash);
  await deletePendingSignInsOfUserAcrossWorkspaces(tx, userId);
  await setTokensUsedAcrossWorkspaces(tx, { userId, purpose: "reset_password" }, needs.clock.now());
  const sessions = await openSessions({ ...needs, across: tx }).endAll(userId);
  await recordPlatformAudit(tx, {
    action,
    actorKind: "user",
    actorId: userId,
    targetKind: "user",
    targetId: userId,
    traceId: caller.traceId,
    ipAddress: caller.ipAddress,
    metadata: { sessionsEnded: sessions },
  });
}
