// Ends the session that the request came with.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import { openSessions, type SessionNeeds } from "~/server/auth/sessions";
import type { Visitor } from "~/server/auth/visitor";
import { announceCut } from "~/server/incidents/announce-cut";
import type { Services } from "~/server/services";
import type { SignedIn } from "./begin-session";

/** The cookie in the answer clears the browser's own. */
export async function signOut(
  services: SessionNeeds & Pick<Services, "redis" | "log">,
  user: UserPrincipal,
  visitor: Visitor,
): Promise<SignedIn> {
  const signedOut = await inTransaction(services.across, async (tx) => {
    const sessions = openSessions({ ...services, across: tx });
    await sessions.end(user.sessionIdHash);
    await recordPlatformAudit(tx, {
      action: "session.end",
      actorKind: "user",
      actorId: user.userId,
      targetKind: "user",
      targetId: user.userId,
      traceId: visitor.traceId,
      ipAddress: visitor.ipAddress,
    });
    return { setCookie: sessions.clearingCookie() };
  });
  await announceCut(services, { kind: "session", id: user.userId });
  return signedOut;
}
