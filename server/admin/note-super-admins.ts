// Writes down whom SUPER_ADMIN_EMAILS newly makes an operator and whom it does not any more; the right itself is judged at each request.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { Services } from "~/server/services";
import { setConfiguredSuperAdminsAcrossWorkspaces } from "./sweep.queries";

/** Answers how many entries were written. Idempotent. */
export function noteSuperAdmins(needs: Pick<Services, "across" | "config">): Promise<number> {
  return inTransaction(needs.across, async (tx) => {
    const changed = await setConfiguredSuperAdminsAcrossWorkspaces(tx, needs.config.superAdminEmails);
    for (const { id, isConfiguredSuperAdmin } of changed) {
      await recordPlatformAudit(tx, {
        actorKind: "system",
        action: isConfiguredSuperAdmin ? "user.become_operator" : "user.cease_operator",
        targetKind: "user",
        targetId: id,
        metadata: { by: "SUPER_ADMIN_EMAILS" },
      });
    }
    return changed.length;
  });
}
