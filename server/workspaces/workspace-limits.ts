// How often workspaces may be made and people be written to: per person, per workspace, per address, and per mailbox (MISSION B6).
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Visitor } from "~/server/auth/visitor";
import { limitRate } from "~/server/rate-limit/limit-rate";
import { subjectOfAddress } from "~/server/rate-limit/subject-of-address";
import type { Services } from "~/server/services";

type Needs = Pick<Services, "redis">;

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const made = {
  person: { name: "workspace_person", points: 5, windowSeconds: hour },
  address: { name: "workspace_address", points: 20, windowSeconds: hour },
};

const invited = {
  person: { name: "invite_person", points: 30, windowSeconds: hour },
  workspace: { name: "invite_workspace", points: 50, windowSeconds: hour },
  /** Whatever workspace and person it comes from: nobody's mailbox is filled by us. */
  mailbox: { name: "invite_mailbox", points: 3, windowSeconds: hour },
  mailboxDay: { name: "invite_mailbox_day", points: 6, windowSeconds: day },
};

const tried = { name: "invitation_token", points: 60, windowSeconds: 15 * minute };

export function limitWorkspaceMaking(needs: Needs, userId: string, visitor: Visitor): Promise<void> {
  return limitRate(needs, [
    { rule: made.person, subject: userId },
    { rule: made.address, subject: subjectOfAddress(visitor.ipAddress) },
  ]);
}

/** Before the mailbox is known: for one that is asked for by id. */
export function limitInviting(needs: Needs, scope: WorkspaceScope): Promise<void> {
  return limitRate(needs, [
    { rule: invited.person, subject: scope.principal.userId },
    { rule: invited.workspace, subject: scope.workspaceId },
  ]);
}

export function limitMailbox(needs: Needs, email: string): Promise<void> {
  return limitRate(needs, [
    { rule: invited.mailbox, subject: email },
    { rule: invited.mailboxDay, subject: email },
  ]);
}

export function limitInvitationTokens(needs: Needs, visitor: Visitor): Promise<void> {
  return limitRate(needs, [{ rule: tried, subject: subjectOfAddress(visitor.ipAddress) }]);
}
