// Takes a provider away from a person's account. The last way in stays.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { providerNameOf } from "~/server/auth/oauth/oauth-providers";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { deleteIdentityAcrossWorkspaces } from "./external-identities.queries";
import { isMailless } from "./operator-email";
import { ownAct } from "./own-act";
import { providerDisconnectedLetter } from "./provider-letters";
import { countWaysInAcrossWorkspaces } from "./ways-in.queries";

type DisconnectNeeds = Pick<Services, "across" | "clock" | "config" | "log" | "mailer">;

/** Somebody else's answers exactly as a missing one. */
export async function disconnectIdentity(
  services: DisconnectNeeds,
  user: UserPrincipal,
  input: { identityId: string; visitor: Visitor },
): Promise<void> {
  const { identityId, visitor } = input;
  await inTransaction(services.across, async (tx) => {
    const waysIn = await countWaysInAcrossWorkspaces(tx, user.userId);
    const removed = await deleteIdentityAcrossWorkspaces(tx, { userId: user.userId, identityId });
    if (!removed) throw notFound("connected account");
    // The operator always comes in by the console.
    if (waysIn <= 1 && !isMailless(user.email)) throw lastWayIn();
    await recordPlatformAudit(tx, { ...ownAct(user, visitor), action: "identity.disconnect", metadata: { identityId } });
    if (isMailless(user.email)) return;
    const name = providerNameOf(services, removed.provider);
    await services.mailer.send(tx, providerDisconnectedLetter(services.config.publicUrl, user, name));
  });
}

function lastWayIn(): AppError {
  return new AppError(
    "CONFLICT",
    "This is your last way in. Choose a password, add a passkey or connect another account first.",
    {
      details: { reason: "last_way_in" },
    },
  );
}
