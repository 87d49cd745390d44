// Confirms an address with the link from the letter and the password of the sign-up, and signs its person in.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { passwordMatches } from "~/server/auth/passwords";
import { ownerOfLiveToken } from "~/server/auth/user-token";
import { invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import { limitAccountDoor } from "./account-limits";
import type { VerifyEmailInput } from "./accounts.contract";
import { findUserAcrossWorkspaces } from "./accounts.queries";
import type { Caller } from "./begin-session";
import { type Entered, enterAccount } from "./enter-account";
import { deadLink, redeemLink } from "./redeem-link";

type VerifyNeeds = Pick<Services, "across" | "clock" | "config" | "redis">;

/**
 * Anybody may sign up with anybody's address. The letter proves the mailbox, the password that it was the same person who signed
 * up: without it a stranger's password would be confirmed by whoever opens their letters. It can always be chosen anew by a reset.
 */
export async function verifyEmail(services: VerifyNeeds, caller: Caller, input: VerifyEmailInput): Promise<Entered> {
  await limitAccountDoor(services, "token", { visitor: caller });
  await assertOwnPassword(services, input);
  return inTransaction(services.across, async (tx) => {
    const user = await redeemLink(tx, services.clock, { token: input.token, purpose: "verify_email" });
    await recordPlatformAudit(tx, {
      action: "user.verify_email",
      actorKind: "user",
      actorId: user.id,
      targetKind: "user",
      targetId: user.id,
      traceId: caller.traceId,
      ipAddress: caller.ipAddress,
    });
    return enterAccount(tx, services, { userId: user.id, method: "verification", caller });
  });
}

/** A later sign-up replaces password and link together, so a password that fits now still fits when the link is redeemed. */
async function assertOwnPassword({ across, clock }: VerifyNeeds, { token, password }: VerifyEmailInput): Promise<void> {
  const userId = await ownerOfLiveToken(across, clock, token, "verify_email");
  const user = userId ? await findUserAcrossWorkspaces(across, userId) : undefined;
  if (!user) throw deadLink("verify_email");
  if (await passwordMatches(password, user.passwordHash)) return;
  throw invalidField(
    "password",
    "This is not the password that was chosen at the sign-up. Not yours? Ask for a reset letter and choose a new one.",
    "wrong_credentials",
  );
}
