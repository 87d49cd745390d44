// What stands in the way of accepting an invitation, if anything: asked by the page that shows it and by the act itself.
import type { Db } from "~/db/client";
import { sha256Hex } from "~/server/sha256";
import type { AcceptObstacle } from "./invitations.contract";
import { findInvitationByTokenAcrossWorkspaces } from "./invitations.queries";
import { inviterMay } from "./inviter-may";
import { findMembershipRowAcrossWorkspaces, findPersonAcrossWorkspaces } from "./workspaces.queries";

export type FoundInvitation = NonNullable<Awaited<ReturnType<typeof findInvitationByTokenAcrossWorkspaces>>>;
export type Verdict = { invitation: FoundInvitation; obstacle: AcceptObstacle | null; isMember: boolean };

/** Null when the token opens nothing: mistyped, or replaced by a newer letter's. `userId` null: nobody is signed in. */
export async function judgeInvitation(
  db: Db,
  token: string,
  asked: { userId: string | null; now: Date },
): Promise<Verdict | null> {
  const invitation = await findInvitationByTokenAcrossWorkspaces(db, sha256Hex(token));
  if (!invitation) return null;
  const { userId, now } = asked;
  const membership = userId ? await findMembershipRowAcrossWorkspaces(db, invitation.workspaceId, userId) : undefined;
  const isMember = membership !== undefined && invitation.workspaceDisabledAt === null;
  const obstacle = obstacleOf(invitation, now) ?? (await obstacleOfPerson(db, invitation, { userId, isMember }));
  return { invitation, obstacle, isMember };
}

function obstacleOf(invitation: FoundInvitation, now: Date): AcceptObstacle | null {
  if (invitation.workspaceDisabledAt) return "workspace_disabled";
  if (invitation.acceptedAt) return "accepted";
  if (invitation.revokedAt) return "revoked";
  if (invitation.expiresAt <= now) return "expired";
  return inviterMay(invitation) ? null : "withdrawn";
}

async function obstacleOfPerson(
  db: Db,
  { email }: FoundInvitation,
  { userId, isMember }: { userId: string | null; isMember: boolean },
): Promise<AcceptObstacle | null> {
  const person = userId ? await findPersonAcrossWorkspaces(db, userId) : undefined;
  if (!person) return "signed_out";
  if (isMember) return "already_member";
  if (person.email !== email) return "other_address";
  return person.emailVerifiedAt ? null : "email_not_verified";
}
