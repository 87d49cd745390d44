// Sets a new password with the link from the reset letter: it proves the mailbox, not the second factor of who has one.
import { inTransaction } from "~/db/transaction";
import { hashPassword } from "~/server/auth/passwords";
import { ownerOfLiveToken } from "~/server/auth/user-token";
import type { Services } from "~/server/services";
import { passwordChangedLetter } from "./account-letters";
import { limitAccountDoor } from "./account-limits";
import type { ResetPasswordInput } from "./accounts.contract";
import type { Caller } from "./begin-session";
import { type Entered, enterAccount } from "./enter-account";
import { deadLink, redeemLink } from "./redeem-link";
import { replacePassword } from "./replace-password";
import { tellPerson } from "./tell-person";

type ResetNeeds = Pick<Services, "across" | "clock" | "config" | "mailer" | "redis">;

export async function resetPassword(services: ResetNeeds, caller: Caller, input: ResetPasswordInput): Promise<Entered> {
  const { across, clock } = services;
  await limitAccountDoor(services, "token", { visitor: caller });
  // Asked first, so that a dead link costs no bcrypt; the transaction below decides.
  if (!(await ownerOfLiveToken(across, clock, input.token, "reset_password"))) throw deadLink("reset_password");
  const passwordHash = await hashPassword(input.password);
  return inTransaction(across, async (tx) => {
    const user = await redeemLink(tx, clock, { token: input.token, purpose: "reset_password" });
    const replacement = { userId: user.id, passwordHash, action: "user.reset_password", caller } as const;
    await replacePassword(tx, services, replacement);
    await tellPerson(tx, services, passwordChangedLetter(services.config.publicUrl, user));
    return enterAccount(tx, services, { userId: user.id, method: "reset", caller });
  });
}
