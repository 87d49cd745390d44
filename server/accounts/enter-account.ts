// What follows a first factor: a session, or for a person with a second factor a sign-in that waits for it (MISSION B7).
import { randomBytes } from "node:crypto";
import type { Tx } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { SessionNeeds } from "~/server/auth/sessions";
import { sha256Hex } from "~/server/sha256";
import { beginSession, type SessionStart } from "./begin-session";
import { pendingSignInCookie, pendingSignInMs } from "./pending-sign-in";
import { insertPendingSignInAcrossWorkspaces } from "./pending-sign-ins.queries";
import { findTotpAcrossWorkspaces } from "./second-factors.queries";

export type Entered = {
  /** `second_factor`: nobody is signed in yet; the page asks for the code. */
  kind: "signed_in" | "second_factor";
  /** Goes into the answer's Set-Cookie. */
  setCookie: string;
};

/** Runs in the transaction of the act that proved the first factor. Every way in that is not a passkey or the console's link ends here. */
export async function enterAccount(tx: Tx, needs: SessionNeeds, start: SessionStart): Promise<Entered> {
  const totp = await findTotpAcrossWorkspaces(tx, start.userId);
  if (!totp?.confirmedAt) return { kind: "signed_in", ...(await beginSession(tx, needs, start)) };
  return { kind: "second_factor", setCookie: await awaitSecondFactor(tx, needs, start) };
}

/** Always a fresh name: one that the browser presented is never taken over. */
async function awaitSecondFactor(tx: Tx, needs: SessionNeeds, { userId, method, caller }: SessionStart): Promise<string> {
  const now = needs.clock.now();
  const name = randomBytes(32).toString("hex");
  const expiresAt = new Date(now.getTime() + pendingSignInMs);
  await insertPendingSignInAcrossWorkspaces(tx, { idHash: sha256Hex(name), userId, method, expiresAt, createdAt: now });
  await recordPlatformAudit(tx, {
    action: "session.await_second_factor",
    actorKind: "user",
    actorId: userId,
    targetKind: "user",
    targetId: userId,
    traceId: caller.traceId,
    ipAddress: caller.ipAddress,
    metadata: { method },
  });
  return pendingSignInCookie(needs.config).give(name, pendingSignInMs / 1_000);
}
