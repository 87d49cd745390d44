// Confirms an address with the link from the letter, and signs its person in.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { Services } from "~/server/services";
import { limitAccountDoor } from "./account-limits";
import { beginSession, type Caller, type SignedIn } from "./begin-session";
import { redeemLink } from "./redeem-link";

type VerifyNeeds = Pick<Services, "across" | "clock" | "config" | "redis">;

export async function verifyEmail(services: VerifyNeeds, caller: Caller, input: { token: string }): Promise<SignedIn> {
  await limitAccountDoor(services, "token", { visitor: caller });
  return inTransaction(services.across, async (tx) => {
    const user = await redeemLink(tx, services.clock, { token: input.token, purpose: "verify_email" });
    await recordPlatformAudit(tx, {
      action: "user.verify_email",
      actorKind: "user",
      actorId: user.id,
      targetKind: "user",
      targetId: user.id,
      traceId: caller.traceId,
      ipAddress: caller.ipAddress,
    });
    return beginSession(tx, services, { userId: user.id, method: "verification", caller });
  });
}
