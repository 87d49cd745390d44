// Gives a password to an account that has none: who came in by a provider, a passkey, or the console's link.
import { inTransaction } from "~/db/transaction";
import { hashPassword } from "~/server/auth/passwords";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { limitAccountDoor } from "./account-limits";
import { findUserAcrossWorkspaces, lockUserByEmailAcrossWorkspaces } from "./accounts.queries";
import { beginSession, type SignedIn } from "./begin-session";
import { replacePassword } from "./replace-password";
import { passwordSetLetter } from "./security-letters";
import { tellPerson } from "./tell-person";

type SetNeeds = Pick<Services, "across" | "clock" | "config" | "mailer" | "redis">;

/** As with every new password, all sessions end and the changer gets a fresh one (MISSION B4). */
export async function setPassword(
  services: SetNeeds,
  user: UserPrincipal,
  input: { newPassword: string; visitor: Visitor },
): Promise<SignedIn> {
  const { userId } = user;
  await limitAccountDoor(services, "password", { visitor: input.visitor, account: userId });
  const stored = await findUserAcrossWorkspaces(services.across, userId);
  if (stored?.passwordHash) throw hasOne();
  const passwordHash = await hashPassword(input.newPassword);
  const caller = { ...input.visitor, sessionIdHash: user.sessionIdHash };
  return inTransaction(services.across, async (tx) => {
    const locked = await lockUserByEmailAcrossWorkspaces(tx, user.email);
    if (!locked || locked.passwordHash) throw hasOne();
    await replacePassword(tx, services, { userId, passwordHash, action: "user.set_password", caller });
    await tellPerson(tx, services, passwordSetLetter(services.config.publicUrl, user));
    return beginSession(tx, services, { userId, method: "password", caller });
  });
}

function hasOne(): AppError {
  return new AppError("CONFLICT", "This account has a password already. Change it with the present one.", {
    details: { reason: "has_password" },
  });
}
