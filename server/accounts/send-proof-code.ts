// Sends a person a code with which they show that it is still they, when their account knows nothing better.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import { issueUserCode } from "~/server/auth/user-token";
import type { Visitor } from "~/server/auth/visitor";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { proofCodeLetter } from "./account-letters";
import { limitAccountDoor } from "./account-limits";
import { listProofWays } from "./list-proof-ways";
import { ownAct } from "./own-act";

type SendNeeds = Pick<Services, "across" | "clock" | "config" | "mailer" | "redis">;

/** The code counts in this session only, once, and for ten minutes. */
export async function sendProofCode(services: SendNeeds, user: UserPrincipal, visitor: Visitor): Promise<void> {
  await limitAccountDoor(services, "letter", { visitor, account: user.userId });
  const ways = await listProofWays(services, user);
  if (!ways.mailedCode) {
    throw new AppError("CONFLICT", "This account has a better way to confirm: its password, a passkey or a code of the app.", {
      details: { reason: "better_way" },
    });
  }
  await inTransaction(services.across, async (tx) => {
    await recordPlatformAudit(tx, { ...ownAct(user, visitor), action: "session.send_proof_code" });
    const owner = { userId: user.userId, purpose: "step_up", boundTo: user.sessionIdHash } as const;
    await services.mailer.send(tx, proofCodeLetter(user, await issueUserCode(tx, services.clock, owner)));
  });
}
