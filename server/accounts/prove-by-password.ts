// Shows with the password that it is still the same person.
import { inTransaction } from "~/db/transaction";
import { passwordMatches } from "~/server/auth/passwords";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import { limitAccountDoor } from "./account-limits";
import { findUserAcrossWorkspaces } from "./accounts.queries";
import { proveSession, recordFailedProof } from "./prove-session";

export async function proveByPassword(
  services: Pick<Services, "across" | "clock" | "redis">,
  user: UserPrincipal,
  input: { password: string; visitor: Visitor },
): Promise<void> {
  const { visitor } = input;
  await limitAccountDoor(services, "password", { visitor, account: user.userId });
  const stored = await findUserAcrossWorkspaces(services.across, user.userId);
  if (!(await passwordMatches(input.password, stored?.passwordHash ?? null))) {
    await recordFailedProof(services, user, { way: "password", visitor });
    throw invalidField("password", "This is not your password.", "wrong_credentials");
  }
  await inTransaction(services.across, (tx) => proveSession(tx, services, user, { way: "password", visitor }));
}
