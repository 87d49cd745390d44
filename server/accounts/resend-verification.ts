// Sends the confirmation letter again; the answer is the same whether or not there is such an account.
import { inTransaction } from "~/db/transaction";
import { issueUserToken } from "~/server/auth/user-token";
import type { Visitor } from "~/server/auth/visitor";
import type { Services } from "~/server/services";
import { verificationLetter } from "./account-letters";
import { limitAccountDoor } from "./account-limits";
import { lockUserByEmailAcrossWorkspaces } from "./accounts.queries";

type ResendNeeds = Pick<Services, "across" | "clock" | "config" | "mailer" | "redis">;

export async function resendVerification(services: ResendNeeds, visitor: Visitor, input: { email: string }): Promise<void> {
  await limitAccountDoor(services, "letter", { visitor, account: input.email });
  const letter = await inTransaction(services.across, async (tx) => {
    const user = await lockUserByEmailAcrossWorkspaces(tx, input.email);
    if (!user || user.emailVerifiedAt || user.disabledAt) return null;
    const token = await issueUserToken(tx, services.clock, { userId: user.id, purpose: "verify_email" });
    return verificationLetter(services.config.publicUrl, user, token);
  });
  if (letter) await services.mailer.send(letter);
}
