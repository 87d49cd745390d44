// The words of invitations, shared with the browser.
import { z } from "zod";
import { invitableRoles } from "~/db/tables/invitations";
import { roles } from "~/db/tables/memberships";
import { Email } from "~/server/auth/email.contract";
import { Moment } from "~/server/zod-shapes";

/** `withdrawn`: whoever invited has left, is disabled, or may not give that role any more. */
export const openStates = ["open", "expired", "withdrawn"] as const;

export const InvitationItem = z.object({
  invitationId: z.string(),
  email: z.string(),
  role: z.enum(invitableRoles),
  state: z.enum(openStates),
  invitedBy: z.string(),
  sentAt: Moment,
  expiresAt: Moment,
});
export type InvitationItem = z.infer<typeof InvitationItem>;

export const InvitationIdInput = z.object({ invitationId: z.string().max(40) });
export const InviteInput = z.object({ email: Email, role: z.enum(invitableRoles, "Choose a role.") });
export type InviteInput = z.infer<typeof InviteInput>;
export const InvitationTokenInput = z.object({ token: z.string().max(200) });

export const invitationDays = 7;
/** How many invitations of a workspace may be open at once. */
export const openInvitationsMax = 50;

/** What stands in the way of accepting; `null` when nothing does. */
export const acceptObstacles = [
  "accepted",
  "revoked",
  "expired",
  "withdrawn",
  "workspace_disabled",
  "signed_out",
  "other_address",
  "email_not_verified",
  "already_member",
] as const;
export type AcceptObstacle = (typeof acceptObstacles)[number];

/** What the holder of the letter's link sees. Whoever holds it has read the letter, which says all of this. */
export const InvitationView = z.object({
  workspaceName: z.string(),
  /** Only for its members: where to go on. */
  workspaceId: z.string().nullable(),
  role: z.enum(roles),
  inviterName: z.string(),
  email: z.string(),
  expiresAt: Moment,
  obstacle: z.enum(acceptObstacles).nullable(),
});
export type InvitationView = z.infer<typeof InvitationView>;

export const AcceptedInvitation = z.object({ workspaceId: z.string() });
