// Changes the password of a signed-in person who knows the old one.
import { inTransaction } from "~/db/transaction";
import { hashPassword, passwordMatches } from "~/server/auth/passwords";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { type AppError, invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import { passwordChangedLetter } from "./account-letters";
import { limitAccountDoor } from "./account-limits";
import type { ChangePasswordInput } from "./accounts.contract";
import { findUserAcrossWorkspaces, lockUserIfPasswordAcrossWorkspaces } from "./accounts.queries";
import { beginSession, type SignedIn } from "./begin-session";
import { replacePassword } from "./replace-password";
import { tellPerson } from "./tell-person";

type ChangeNeeds = Pick<Services, "across" | "clock" | "config" | "mailer" | "redis">;

export async function changePassword(
  services: ChangeNeeds,
  user: UserPrincipal,
  input: ChangePasswordInput & { visitor: Visitor },
): Promise<SignedIn> {
  const { userId } = user;
  await limitAccountDoor(services, "password", { visitor: input.visitor, account: userId });
  const stored = await findUserAcrossWorkspaces(services.across, userId);
  if (stored && stored.passwordHash === null) {
    throw invalidField("currentPassword", "This account has no password yet. Reload the page and choose one.", "no_password");
  }
  const current = stored?.passwordHash ?? null;
  if (!(await passwordMatches(input.currentPassword, current))) throw wrongPassword();
  const passwordHash = await hashPassword(input.newPassword);
  const caller = { ...input.visitor, sessionIdHash: user.sessionIdHash };
  return inTransaction(services.across, async (tx) => {
    // A reset that came first stands: what it shut out must not come back by knowing the password from before.
    if (!(await lockUserIfPasswordAcrossWorkspaces(tx, { userId, passwordHash: current }))) throw wrongPassword();
    await replacePassword(tx, services, { userId, passwordHash, action: "user.change_password", caller });
    await tellPerson(tx, services, passwordChangedLetter(services.config.publicUrl, user));
    return beginSession(tx, services, { userId, method: "password", caller });
  });
}

function wrongPassword(): AppError {
  return invalidField(
    "currentPassword",
    "This is not your current password. Forgot it? Ask for a reset letter.",
    "wrong_credentials",
  );
}
