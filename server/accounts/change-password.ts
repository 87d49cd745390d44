// Changes the password of a signed-in person who knows the old one.
import { inTransaction } from "~/db/transaction";
import { hashPassword, passwordMatches } from "~/server/auth/passwords";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import { passwordChangedLetter } from "./account-letters";
import { limitAccountDoor } from "./account-limits";
import type { ChangePasswordInput } from "./accounts.contract";
import { findUserAcrossWorkspaces } from "./accounts.queries";
import type { SignedIn } from "./begin-session";
import { replacePassword } from "./replace-password";

type ChangeNeeds = Pick<Services, "across" | "clock" | "config" | "mailer" | "redis">;

export async function changePassword(
  services: ChangeNeeds,
  user: UserPrincipal,
  input: ChangePasswordInput & { visitor: Visitor },
): Promise<SignedIn> {
  await limitAccountDoor(services, "password", { visitor: input.visitor, account: user.userId });
  const stored = await findUserAcrossWorkspaces(services.across, user.userId);
  if (stored && stored.passwordHash === null) {
    throw invalidField(
      "currentPassword",
      "This account has no password: it comes in by the link that npm start prints.",
      "no_password",
    );
  }
  if (!(await passwordMatches(input.currentPassword, stored?.passwordHash ?? null))) {
    throw invalidField(
      "currentPassword",
      "This is not your current password. Forgot it? Ask for a reset letter.",
      "wrong_credentials",
    );
  }
  const passwordHash = await hashPassword(input.newPassword);
  const caller = { ...input.visitor, sessionIdHash: user.sessionIdHash };
  const signedIn = await inTransaction(services.across, (tx) =>
    replacePassword(tx, services, { userId: user.userId, passwordHash, action: "user.change_password", caller }),
  );
  await services.mailer.send(passwordChangedLetter(services.config.publicUrl, user));
  return signedIn;
}
