// Sets a new password with the link from the reset letter; the mailbox is proven by it, so the address counts as confirmed.
import { inTransaction } from "~/db/transaction";
import { hashPassword } from "~/server/auth/passwords";
import { ownerOfLiveToken } from "~/server/auth/user-token";
import type { Services } from "~/server/services";
import { passwordChangedLetter } from "./account-letters";
import { limitAccountDoor } from "./account-limits";
import type { ResetPasswordInput } from "./accounts.contract";
import type { Caller, SignedIn } from "./begin-session";
import { deadLink, redeemLink } from "./redeem-link";
import { replacePassword } from "./replace-password";

type ResetNeeds = Pick<Services, "across" | "clock" | "config" | "mailer" | "redis">;

export async function resetPassword(services: ResetNeeds, caller: Caller, input: ResetPasswordInput): Promise<SignedIn> {
  const { across, clock } = services;
  await limitAccountDoor(services, "token", { visitor: caller });
  // Asked first, so that a dead link costs no bcrypt; the transaction below decides.
  if (!(await ownerOfLiveToken(across, clock, input.token, "reset_password"))) throw deadLink("reset_password");
  const passwordHash = await hashPassword(input.password);
  const { user, signedIn } = await inTransaction(across, async (tx) => {
    const user = await redeemLink(tx, clock, { token: input.token, purpose: "reset_password" });
    const replacement = { userId: user.id, passwordHash, action: "user.reset_password", caller } as const;
    return { user, signedIn: await replacePassword(tx, services, replacement) };
  });
  await services.mailer.send(passwordChangedLetter(services.config.publicUrl, user));
  return signedIn;
}
