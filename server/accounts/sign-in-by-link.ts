// Signs the operator in with the one-time link that the console of the platform shows.
import { inTransaction } from "~/db/transaction";
import type { Services } from "~/server/services";
import { limitAccountDoor } from "./account-limits";
import { beginSession, type Caller, type SignedIn } from "./begin-session";
import { redeemLink } from "./redeem-link";

type LinkNeeds = Pick<Services, "across" | "clock" | "config" | "redis">;

export async function signInByLink(services: LinkNeeds, caller: Caller, input: { token: string }): Promise<SignedIn> {
  await limitAccountDoor(services, "token", { visitor: caller });
  return inTransaction(services.across, async (tx) => {
    const user = await redeemLink(tx, services.clock, { token: input.token, purpose: "sign_in" });
    return beginSession(tx, services, { userId: user.id, method: "link", caller });
  });
}
