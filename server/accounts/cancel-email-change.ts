// Calls a waiting change of address off; the links in its letters stop working.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { deleteEmailChangeAcrossWorkspaces } from "./email-changes.queries";
import { ownAct } from "./own-act";

export async function cancelEmailChange(
  services: Pick<Services, "across">,
  user: UserPrincipal,
  visitor: Visitor,
): Promise<void> {
  await inTransaction(services.across, async (tx) => {
    if (!(await deleteEmailChangeAcrossWorkspaces(tx, user.userId))) throw notFound("change of address");
    await recordPlatformAudit(tx, { ...ownAct(user, visitor), action: "user.cancel_email_change" });
  });
}
