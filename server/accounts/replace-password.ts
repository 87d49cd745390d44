// Puts a new password in place: every session ends, the changer gets a fresh one (MISSION B4).
import type { Tx } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { openSessions, type SessionNeeds } from "~/server/auth/sessions";
import { setPasswordAcrossWorkspaces } from "./accounts.queries";
import { beginSession, type Caller, type SignedIn } from "./begin-session";

export type PasswordReplacement = {
  userId: string;
  passwordHash: string;
  action: "user.change_password" | "user.reset_password";
  caller: Caller;
};

export async function replacePassword(tx: Tx, needs: SessionNeeds, replacement: PasswordReplacement): Promise<SignedIn> {
  const { userId, caller, action } = replacement;
  await setPasswordAcrossWorkspaces(tx, userId, replacement.passwordHash);
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
  const method = action === "user.reset_password" ? "reset" : "password";
  return beginSession(tx, needs, { userId, method, caller: { ...caller, sessionIdHash: null } });
}
