// Begins a change of address: both mailboxes get a letter, and nothing changes before both have agreed (issue 3, MISSION B3).
import { randomBytes } from "node:crypto";
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { AppError, invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import { limitAccountDoor } from "./account-limits";
import { findUserByEmailAcrossWorkspaces } from "./accounts.queries";
import { addressTakenLetter, newAddressLetter, oldAddressLetter } from "./email-change-letters";
import { setEmailChangeAcrossWorkspaces } from "./email-changes.queries";
import { isMailless } from "./operator-email";
import { ownAct } from "./own-act";

const emailChangeMs = 24 * 60 * 60_000;

type ChangeNeeds = Pick<Services, "across" | "clock" | "config" | "mailer" | "redis">;

/** Whether the new address has an account already is told to its owner by letter, and to nobody else. */
export async function requestEmailChange(
  services: ChangeNeeds,
  user: UserPrincipal,
  input: { email: string; visitor: Visitor },
): Promise<void> {
  const { userId, email: oldEmail } = user;
  const { email: newEmail, visitor } = input;
  await limitAccountDoor(services, "letter", { visitor, account: userId });
  if (isMailless(oldEmail)) throw operatorStays();
  if (newEmail === oldEmail) throw invalidField("email", "This is your address already.", "same_address");
  const [oldToken, newToken] = [randomBytes(32).toString("hex"), randomBytes(32).toString("hex")];
  const now = services.clock.now();
  await inTransaction(services.across, async (tx) => {
    const owner = await findUserByEmailAcrossWorkspaces(tx, newEmail);
    await setEmailChangeAcrossWorkspaces(tx, {
      userId,
      oldEmail,
      newEmail,
      oldTokenHash: sha256Hex(oldToken),
      newTokenHash: sha256Hex(newToken),
      askedInSession: user.sessionIdHash,
      expiresAt: new Date(now.getTime() + emailChangeMs),
      createdAt: now,
    });
    await recordPlatformAudit(tx, { ...ownAct(user, visitor), action: "user.request_email_change" });
    const { publicUrl } = services.config;
    const { displayName } = user;
    await services.mailer.send(tx, oldAddressLetter(publicUrl, user, { newEmail, token: oldToken }));
    const toNew = { email: newEmail, displayName };
    const letter = owner
      ? addressTakenLetter(publicUrl, owner)
      : newAddressLetter(publicUrl, toNew, { oldEmail, token: newToken });
    await services.mailer.send(tx, letter);
  });
}

function operatorStays(): AppError {
  return new AppError(
    "CONFLICT",
    "The operator's account has no mailbox that could agree to a change. Sign up with your own address.",
    {
      details: { reason: "no_mailbox" },
    },
  );
}
