// Signs one device out; which, the person picks from the list.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import { deleteNamedSessionAcrossWorkspaces } from "~/server/auth/sessions.queries";
import type { Visitor } from "~/server/auth/visitor";
import { notFound } from "~/server/errors";
import { announceCut } from "~/server/incidents/announce-cut";
import type { Services } from "~/server/services";

/** Somebody else's session answers exactly as a missing one. */
export async function revokeSession(
  services: Pick<Services, "across" | "redis" | "log">,
  user: UserPrincipal,
  input: { sessionId: string; visitor: Visitor },
): Promise<void> {
  await inTransaction(services.across, async (tx) => {
    const ended = await deleteNamedSessionAcrossWorkspaces(tx, user.userId, input.sessionId);
    if (ended === 0) throw notFound("session");
    await recordPlatformAudit(tx, {
      action: "session.revoke",
      actorKind: "user",
      actorId: user.userId,
      targetKind: "user",
      targetId: user.userId,
      traceId: input.visitor.traceId,
      ipAddress: input.visitor.ipAddress,
    });
  });
  await announceCut(services, { kind: "session", id: input.sessionId });
}
