// Takes an invitation back: the link in its letter opens nothing from then on.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { setInvitationRevokedIfOpen } from "./invitations.queries";
import { lockStanding } from "./standing";

/** Throws `NOT_FOUND` for one that was accepted or revoked before. */
export async function revokeInvitation(
  services: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  { invitationId }: { invitationId: string },
): Promise<void> {
  await inWorkspace(services.db, scope, async (tx) => {
    await lockStanding(tx, scope, "member.manage");
    const revoked = await setInvitationRevokedIfOpen(tx, scope, { invitationId, now: services.clock.now() });
    if (!revoked) throw notFound("open invitation");
    await recordAudit(tx, scope, {
      action: "invitation.revoke",
      targetKind: "invitation",
      targetId: invitationId,
      metadata: { role: revoked.role },
    });
  });
}
