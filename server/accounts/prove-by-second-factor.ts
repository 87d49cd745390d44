// Shows with a code of the authenticator app, or with a recovery code, that it is still the same person.
import { inTransaction } from "~/db/transaction";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import { limitAccountDoor } from "./account-limits";
import { proveSecondFactor, spendSecondFactor } from "./prove-second-factor";
import { proveSession, recordFailedProof } from "./prove-session";
import { tellOfRecoveryCode } from "./tell-of-recovery-code";

type ProveNeeds = Pick<Services, "across" | "clock" | "config" | "mailer" | "redis" | "vault">;

export async function proveBySecondFactor(
  services: ProveNeeds,
  user: UserPrincipal,
  input: { code: string; visitor: Visitor },
): Promise<void> {
  const { visitor } = input;
  await limitAccountDoor(services, "secondFactor", { visitor, account: user.userId });
  const proof = await proveSecondFactor(services, user.userId, input.code);
  const isProven = await inTransaction(services.across, async (tx) => {
    if (!proof || !(await spendSecondFactor(tx, services.clock, proof))) return false;
    await proveSession(tx, services, user, { way: proof.kind, visitor });
    if (proof.kind === "recovery_code") await tellOfRecoveryCode(tx, services, { ...user, id: user.userId });
    return true;
  });
  if (isProven) return;
  await recordFailedProof(services, user, { way: "second_factor", visitor });
  throw invalidField("code", "This code is not right, or was used before. Wait for the next one in your app.", "wrong_code");
}
