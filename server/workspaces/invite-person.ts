// Invites somebody by mail. The answer is the same whether or not the address has an account (MISSION A7, B3).
import { answerInWorkspace, type Tx } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { holdsAllOf } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, invalidField } from "~/server/errors";
import { newId } from "~/server/ids";
import { assertPlanned } from "~/server/plans/assert-planned";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import { freshInvitationToken } from "./invitation-token";
import { type InvitationItem, type InviteInput, invitationDays, openInvitationsMax } from "./invitations.contract";
import { countOpenInvitations, findOpenInvitationTo, insertInvitation, setInvitationRevokedIfOpen } from "./invitations.queries";
import { findMemberByEmail } from "./members.queries";
import { lockStanding, type Standing } from "./standing";
import { invitationLetter } from "./workspace-letters";
import { limitInviting, limitMailbox } from "./workspace-limits";
import { workspaceNameOf } from "./workspace-name-of";
import { countMembersAcrossWorkspaces } from "./workspaces.queries";

type Needs = Pick<Services, "db" | "clock" | "config" | "mailer" | "redis">;

export async function invitePerson(services: Needs, scope: WorkspaceScope, input: InviteInput): Promise<InvitationItem> {
  await limitInviting(services, scope);
  return answerInWorkspace(services.db, scope, async (tx) => {
    const standing = await lockStanding(tx, scope, "member.manage");
    assertMayGive(standing, input);
    const now = services.clock.now();
    await assertHasRoom(tx, scope, input.email, now);
    await limitMailbox(services, input.email);
    const { token, ...sending } = freshInvitationToken(now);
    const invitation = { id: newId("invitation"), ...input, invitedBy: standing.actor.userId, ...sending };
    await insertInvitation(tx, scope, invitation);
    await recordAudit(tx, scope, {
      action: "invitation.create",
      targetKind: "invitation",
      targetId: invitation.id,
      metadata: { role: input.role },
    });
    const workspaceName = await workspaceNameOf(tx, scope);
    const letter = { ...input, workspaceName, inviter: standing.actor, token, days: invitationDays };
    await services.mailer.send(tx, invitationLetter(services.config.publicUrl, letter));
    const { id: invitationId, tokenHash: _hash, ...item } = invitation;
    return { invitationId, ...item, state: "open" };
  });
}

function assertMayGive({ grant }: Standing, { role }: InviteInput): void {
  if (holdsAllOf(grant, role)) return;
  throw new AppError("UNAUTHORIZED", `The role ${role} may do more here than you. Ask an owner of the workspace to invite them.`);
}

/** An invitation that expired makes room for a new one to the same address. */
async function assertHasRoom(tx: Tx, scope: WorkspaceScope, email: string, now: Date): Promise<void> {
  if (await findMemberByEmail(tx, scope, email)) {
    throw invalidField("email", "Whoever has this address is in the workspace already.", "already_member");
  }
  const earlier = await findOpenInvitationTo(tx, scope, email);
  if (earlier && earlier.expiresAt > now) {
    throw invalidField("email", "This address is invited already. Send the letter again, or revoke it first.", "already_invited");
  }
  if (earlier) await setInvitationRevokedIfOpen(tx, scope, { invitationId: earlier.invitationId, now });
  const open = await countOpenInvitations(tx, scope, now);
  const plan = await readPlan(tx, scope.workspaceId, now);
  if (plan)
    assertPlanned({ kind: "invite_member", members: (await countMembersAcrossWorkspaces(tx, scope.workspaceId)) + open }, plan);
  if (open < openInvitationsMax) return;
  throw new AppError("CONFLICT", `${openInvitationsMax} invitations wait for an answer already. Revoke some, then invite again.`);
}
