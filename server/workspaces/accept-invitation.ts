// Accepts an invitation: only the account whose proven address it was sent to, and only once (MISSION A7).
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { AppError, type ErrorCode } from "~/server/errors";
import { assertPlanned } from "~/server/plans/assert-planned";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import type { AcceptObstacle } from "./invitations.contract";
import { findInvitationByTokenAcrossWorkspaces, setInvitationAcceptedIfOpenAcrossWorkspaces } from "./invitations.queries";
import { judgeInvitation } from "./judge-invitation";
import { membersMax } from "./members.contract";
import { limitInvitationTokens } from "./workspace-limits";
import {
  countMembersAcrossWorkspaces,
  insertMembershipAcrossWorkspaces,
  lockWorkspaceAcrossWorkspaces,
} from "./workspaces.queries";

type Needs = Pick<Services, "across" | "clock" | "redis">;
type Acceptance = { token: string; visitor: Visitor };

const refusals: Record<AcceptObstacle | "unknown" | "full", readonly [ErrorCode, string]> = {
  unknown: ["INVALID_REQUEST", "This invitation's link does not work: it is incomplete, or a newer letter replaced it."],
  accepted: ["CONFLICT", "This invitation was accepted already. It works once."],
  revoked: ["CONFLICT", "This invitation was taken back. Ask whoever invited you."],
  expired: ["CONFLICT", "This invitation is too old. Ask for a new letter."],
  withdrawn: ["CONFLICT", "Whoever invited you cannot any more. Ask somebody else in the workspace for a new letter."],
  workspace_disabled: ["UNAUTHORIZED", "This workspace is disabled. Try again when it is not."],
  signed_out: ["UNAUTHENTICATED", "Sign in with the address that was invited."],
  other_address: ["UNAUTHORIZED", "This invitation is for another address than yours. Sign in with the account that has it."],
  email_not_verified: ["UNAUTHORIZED", "Confirm your address first, then open the invitation again."],
  already_member: ["CONFLICT", "You are in this workspace already."],
  full: ["CONFLICT", `This workspace has ${membersMax} members, and cannot take more.`],
};

/** Answers the workspace. Of several racing acceptances exactly one gets through; `details.reason` says why another does not. */
export async function acceptInvitation(services: Needs, user: UserPrincipal, { token, visitor }: Acceptance): Promise<string> {
  await limitInvitationTokens(services, visitor);
  return inTransaction(services.across, async (tx) => {
    const now = services.clock.now();
    const tokenHash = sha256Hex(token);
    const known = await findInvitationByTokenAcrossWorkspaces(tx, tokenHash);
    if (!known) throw refusal("unknown");
    // Judged under the lock that every change of members takes: the inviter's rights cannot go in between.
    await lockWorkspaceAcrossWorkspaces(tx, known.workspaceId);
    const verdict = await judgeInvitation(tx, token, { userId: user.userId, now });
    if (!verdict || verdict.obstacle) throw refusal(verdict?.obstacle ?? "unknown");
    const members = await countMembersAcrossWorkspaces(tx, known.workspaceId);
    if (members >= membersMax) throw refusal("full");
    const plan = await readPlan(tx, known.workspaceId, now);
    if (plan) assertPlanned({ kind: "invite_member", members }, plan);
    const accepted = await setInvitationAcceptedIfOpenAcrossWorkspaces(tx, { tokenHash, userId: user.userId, now });
    if (!accepted) throw refusal("accepted");
    const { workspaceId, role, id } = accepted;
    await insertMembershipAcrossWorkspaces(tx, { workspaceId, userId: user.userId, role, createdAt: now });
    await recordWorkspaceAudit(tx, workspaceId, {
      action: "invitation.accept",
      actorKind: "user",
      actorId: user.userId,
      targetKind: "invitation",
      targetId: id,
      traceId: visitor.traceId,
      ipAddress: visitor.ipAddress,
      metadata: { role, invitedBy: known.invitedBy },
    });
    return workspaceId;
  });
}

function refusal(reason: keyof typeof refusals): AppError {
  const [code, message] = refusals[reason];
  return new AppError(code, message, { details: { reason: reason === "unknown" ? "link_dead" : reason } });
}
