// Signs a person out everywhere, here included.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import { openSessions, type SessionNeeds } from "~/server/auth/sessions";
import type { Visitor } from "~/server/auth/visitor";
import { announceCut } from "~/server/incidents/announce-cut";
import type { Services } from "~/server/services";
import type { SignedIn } from "./begin-session";

/** The cookie in the answer clears the browser's own. */
export async function revokeAllSessions(
  services: SessionNeeds & Pick<Services, "redis" | "log">,
  user: UserPrincipal,
  visitor: Visitor,
): Promise<SignedIn> {
  const signedOut = await inTransaction(services.across, async (tx) => {
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
  await announceCut(services, { kind: "user", id: user.userId });
  return signedOut;
}
