// What the holder of an invitation's link sees, signed in or not.
import type { Principal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import type { Services } from "~/server/services";
import type { InvitationView } from "./invitations.contract";
import { judgeInvitation } from "./judge-invitation";
import { limitInvitationTokens } from "./workspace-limits";

type Look = { token: string; principal: Principal | null; visitor: Visitor };

/** Null when the link opens nothing (any more). An API key looks as somebody who is not signed in. */
export async function lookAtInvitation(
  services: Pick<Services, "across" | "clock" | "redis">,
  { token, principal, visitor }: Look,
): Promise<InvitationView | null> {
  await limitInvitationTokens(services, visitor);
  const userId = principal?.kind === "user" ? principal.userId : null;
  const verdict = await judgeInvitation(services.across, token, { userId, now: services.clock.now() });
  if (!verdict) return null;
  const { invitation, obstacle, isMember } = verdict;
  const { workspaceName, workspaceId, role, inviterName, email, expiresAt } = invitation;
  return { workspaceName, workspaceId: isMember ? workspaceId : null, role, inviterName, email, expiresAt, obstacle };
}
