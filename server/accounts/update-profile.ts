// Changes what a person is called.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import type { Services } from "~/server/services";
import { setDisplayNameAcrossWorkspaces } from "./accounts.queries";
import { ownAct } from "./own-act";

export async function updateProfile(
  services: Pick<Services, "across">,
  user: UserPrincipal,
  input: { displayName: string; visitor: Visitor },
): Promise<void> {
  await inTransaction(services.across, async (tx) => {
    await setDisplayNameAcrossWorkspaces(tx, user.userId, input.displayName);
    await recordPlatformAudit(tx, { ...ownAct(user, input.visitor), action: "user.update" });
  });
}
