// Sends a reset letter when there is such an account; the answer is the same when there is none.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { issueUserToken } from "~/server/auth/user-token";
import type { Visitor } from "~/server/auth/visitor";
import type { Services } from "~/server/services";
import { passwordResetLetter } from "./account-letters";
import { limitAccountDoor } from "./account-limits";
import { lockUserByEmailAcrossWorkspaces } from "./accounts.queries";

type ResetNeeds = Pick<Services, "across" | "clock" | "config" | "mailer" | "redis">;

export async function requestPasswordReset(services: ResetNeeds, visitor: Visitor, input: { email: string }): Promise<void> {
  await limitAccountDoor(services, "letter", { visitor, account: input.email });
  const letter = await inTransaction(services.across, async (tx) => {
    const user = await lockUserByEmailAcrossWorkspaces(tx, input.email);
    if (!user || user.disabledAt) return null;
    const token = await issueUserToken(tx, services.clock, { userId: user.id, purpose: "reset_password" });
    await recordPlatformAudit(tx, {
      action: "user.request_reset",
      actorKind: "anonymous",
      targetKind: "user",
      targetId: user.id,
      traceId: visitor.traceId,
      ipAddress: visitor.ipAddress,
    });
    return passwordResetLetter(services.config.publicUrl, user, token);
  });
  if (letter) await services.mailer.send(letter);
}
