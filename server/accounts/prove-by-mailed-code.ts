// Shows with the code from a letter that it is still the same person.
import { inTransaction } from "~/db/transaction";
import type { UserPrincipal } from "~/server/auth/principal";
import { redeemUserCode } from "~/server/auth/user-token";
import type { Visitor } from "~/server/auth/visitor";
import { invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import { limitAccountDoor } from "./account-limits";
import { proveSession, recordFailedProof } from "./prove-session";

export async function proveByMailedCode(
  services: Pick<Services, "across" | "clock" | "redis">,
  user: UserPrincipal,
  input: { code: string; visitor: Visitor },
): Promise<void> {
  const { visitor } = input;
  await limitAccountDoor(services, "password", { visitor, account: user.userId });
  const owner = { userId: user.userId, purpose: "step_up", boundTo: user.sessionIdHash } as const;
  const isProven = await inTransaction(services.across, async (tx) => {
    if (!(await redeemUserCode(tx, services.clock, owner, input.code))) return false;
    await proveSession(tx, services, user, { way: "mailed_code", visitor });
    return true;
  });
  if (isProven) return;
  await recordFailedProof(services, user, { way: "mailed_code", visitor });
  throw invalidField("code", "This code is not right, or was used or replaced by a newer one.", "wrong_code");
}
