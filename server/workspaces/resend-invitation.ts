// Writes to somebody invited once more: the new letter's token replaces the old one, and the time begins anew.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { holdsAllOf } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { freshInvitationToken } from "./invitation-token";
import { type InvitationItem, invitationDays } from "./invitations.contract";
import { findOpenInvitation, setInvitationTokenIfOpen } from "./invitations.queries";
import { lockStanding } from "./standing";
import { invitationLetter } from "./workspace-letters";
import { limitInviting, limitMailbox } from "./workspace-limits";
import { workspaceNameOf } from "./workspace-name-of";

type Needs = Pick<Services, "db" | "clock" | "config" | "mailer" | "redis">;

/** Whoever sends it again stands for it from then on. Throws `NOT_FOUND` for one that was accepted or revoked. */
export async function resendInvitation(
  services: Needs,
  scope: WorkspaceScope,
  { invitationId }: { invitationId: string },
): Promise<InvitationItem> {
  await limitInviting(services, scope);
  return inWorkspace(services.db, scope, async (tx) => {
    const { actor, grant } = await lockStanding(tx, scope, "member.manage");
    const earlier = await findOpenInvitation(tx, scope, invitationId);
    if (!earlier) throw notFound("open invitation");
    const { role, email } = earlier;
    if (!holdsAllOf(grant, role)) throw new AppError("UNAUTHORIZED", `The role ${role} may do more here than you. Ask an owner.`);
    await limitMailbox(services, email);
    const { token, ...sending } = freshInvitationToken(services.clock.now());
    const renewed = await setInvitationTokenIfOpen(tx, scope, { invitationId, invitedBy: actor.userId, ...sending });
    if (!renewed) throw notFound("open invitation");
    const target = { targetKind: "invitation", targetId: invitationId };
    await recordAudit(tx, scope, { action: "invitation.resend", ...target, metadata: { role } });
    const workspaceName = await workspaceNameOf(tx, scope);
    const letter = { email, role, workspaceName, inviter: actor, token, days: invitationDays };
    await services.mailer.send(tx, invitationLetter(services.config.publicUrl, letter));
    const { sentAt, expiresAt } = sending;
    return { invitationId, email, role, state: "open", invitedBy: actor.userId, sentAt, expiresAt };
  });
}
