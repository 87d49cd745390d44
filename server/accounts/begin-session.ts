// A way in that ends in a session: a fresh one, the one presented before ended, and a line in the audit log.
import type { Db } from "~/db/client";
import type { SignInMethod } from "~/db/tables/user-sessions";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { openSessions, type SessionNeeds } from "~/server/auth/sessions";
import type { Visitor } from "~/server/auth/visitor";

export type SignedIn = {
  /** Goes into the answer's Set-Cookie. */
  setCookie: string;
};

/** Somebody at the door, and the session their browser already holds. */
export type Caller = Visitor & { sessionIdHash: string | null };

export type SessionStart = {
  userId: string;
  method: SignInMethod;
  /** What was shown besides, when there was a second factor. */
  secondFactor?: "totp" | "recovery_code";
  caller: Caller;
};

/** Runs in the transaction of the act that let the person in. */
export async function beginSession(tx: Db, needs: SessionNeeds, start: SessionStart): Promise<SignedIn> {
  const { caller, userId } = start;
  const sessions = openSessions({ ...needs, across: tx });
  if (caller.sessionIdHash) await sessions.end(caller.sessionIdHash);
  const setCookie = await sessions.create(userId, caller, start.method);
  await recordPlatformAudit(tx, {
    action: "session.create",
    actorKind: "user",
    actorId: userId,
    targetKind: "user",
    targetId: userId,
    traceId: caller.traceId,
    ipAddress: caller.ipAddress,
    metadata: { method: start.method, ...(start.secondFactor ? { secondFactor: start.secondFactor } : {}) },
  });
  return { setCookie };
}
