// Shows with a passkey that it is still the same person.
import { inTransaction } from "~/db/transaction";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import type { Services } from "~/server/services";
import { limitAccountDoor } from "./account-limits";
import { redeemChallenge } from "./passkey-challenge";
import type { PasskeyAnswer } from "./passkeys.contract";
import { setPasskeyUsedIfNewerAcrossWorkspaces } from "./passkeys.queries";
import { proveSession, recordFailedProof } from "./prove-session";
import { passkeyRefused, verifyPasskey } from "./verify-passkey";

type ProveNeeds = Pick<Services, "across" | "clock" | "config" | "log" | "redis">;

/** `browser` is the value of the cookie that binds the challenge. Somebody else's passkey proves nothing here. */
export async function proveByPasskey(
  services: ProveNeeds,
  user: UserPrincipal,
  input: { browser: string | null; answer: PasskeyAnswer; visitor: Visitor },
): Promise<void> {
  const { visitor } = input;
  await limitAccountDoor(services, "password", { visitor, account: user.userId });
  const challenge = await redeemChallenge(services, input.browser, { purpose: "confirm", userId: user.userId });
  const passkey = await verifyPasskey(services, challenge, input.answer);
  const isProven = await inTransaction(services.across, async (tx) => {
    if (passkey?.userId !== user.userId) return false;
    if (!(await setPasskeyUsedIfNewerAcrossWorkspaces(tx, passkey.use))) return false;
    await proveSession(tx, services, user, { way: "passkey", visitor });
    return true;
  });
  if (isProven) return;
  await recordFailedProof(services, user, { way: "passkey", visitor });
  throw passkeyRefused();
}
