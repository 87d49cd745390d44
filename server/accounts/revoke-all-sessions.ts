// Signs a person out everywhere, here included.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import { openSessions, type SessionNeeds } from "~/server/auth/sessions";
import type { Visitor } from "~/server/auth/visitor";
import type { SignedIn } from "./begin-session";

/** The cookie in the answer clears the browser's own. */
export function revokeAllSessions(services: SessionNeeds, user: UserPrincipal, visitor: Visitor): Promise<SignedIn> {
  return inTransaction(services.across, async (tx) => {
    const sessions = openSessions({ ...services, across: tx });
    const ended = await sessions.endAll(user.userId);
    await recordPlatformAudit(tx, {
      action: "session.revoke_all",
      actorKind: "user",
      actorId: user.userId,
      targetKind: "user",
      targetId: user.userId,
      traceId: visitor.traceId,
      ipAddress: visitor.ipAddress,
      metadata: { sessions: ended },
    });
    return { setCookie: sessions.clearingCookie() };
  });
}
