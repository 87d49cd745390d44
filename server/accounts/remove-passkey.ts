// Takes a passkey away from its person's account.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { isMailless } from "./operator-email";
import { ownAct } from "./own-act";
import { deletePasskeyAcrossWorkspaces } from "./passkeys.queries";
import { passkeyRemovedLetter } from "./security-letters";
import { tellPerson } from "./tell-person";
import { countWaysInAcrossWorkspaces } from "./ways-in.queries";

type RemoveNeeds = Pick<Services, "across" | "config" | "mailer">;

/** Somebody else's passkey answers exactly as a missing one. The last way in stays. */
export async function removePasskey(
  services: RemoveNeeds,
  user: UserPrincipal,
  input: { passkeyId: string; visitor: Visitor },
): Promise<void> {
  const { userId } = user;
  const { passkeyId, visitor } = input;
  await inTransaction(services.across, async (tx) => {
    const waysIn = await countWaysInAcrossWorkspaces(tx, userId);
    const removed = await deletePasskeyAcrossWorkspaces(tx, { userId, passkeyId });
    if (!removed) throw notFound("passkey");
    assertWayInLeft(user, waysIn - 1);
    await recordPlatformAudit(tx, { ...ownAct(user, visitor), action: "passkey.remove", metadata: { passkeyId } });
    await tellPerson(tx, services, passkeyRemovedLetter(services.config.publicUrl, user, removed.name));
  });
}

/** The operator always comes in by the console. */
function assertWayInLeft(user: UserPrincipal, waysIn: number): void {
  if (waysIn > 0 || isMailless(user.email)) return;
  throw new AppError("CONFLICT", "This is your last way in. Choose a password or add another passkey first.", {
    details: { reason: "last_way_in" },
  });
}
