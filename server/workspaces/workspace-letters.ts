// The letters that people get about their place in a workspace.
import type { Role } from "~/db/tables/memberships";
import { roleWords } from "~/server/auth/role-words.contract";
import { composeLetter } from "~/server/mail/compose-letter";
import type { Mail } from "~/server/mail/mailer";

type Addressee = { email: string; displayName: string };
/** `by`: whose act it was. */
export type WorkspaceNews = { to: Addressee; by: Addressee; workspaceName: string };

const askThem = ({ by }: WorkspaceNews) => `If this surprises you, ask ${by.displayName} (${by.email}).`;

export type Invitation = {
  email: string;
  role: Role;
  workspaceName: string;
  inviter: Addressee;
  token: string;
  days: number;
};

/** Greets nobody by name: whether the address has an account is nobody's business, not even the inviter's. */
export function invitationLetter(publicUrl: URL, invitation: Invitation): Mail {
  const { inviter, role, workspaceName } = invitation;
  const url = new URL("/invitation", publicUrl);
  url.searchParams.set("token", invitation.token);
  return composeLetter({
    to: invitation.email,
    subject: `${inviter.displayName} invites you to ${workspaceName}`,
    paragraphs: [
      "Hello,",
      `${inviter.displayName} (${inviter.email}) invites you to the workspace "${workspaceName}" at webhost.systems, where AI agents are hosted.`,
      `Your role there: ${roleWords[role].title}. ${roleWords[role].summary}`,
      "Open the link to look at the invitation. With an account for this address you accept it at once; without one you make it first.",
    ],
    link: { label: "Look at the invitation", url: url.href },
    footnote: `The link works once, for ${invitation.days} days, and only for ${invitation.email}. If you do not know who invites you, do nothing.`,
  });
}

export function roleChangedLetter(publicUrl: URL, news: WorkspaceNews & { workspaceId: string; from: Role; role: Role }): Mail {
  const { to, by, workspaceName, from, role } = news;
  return composeLetter({
    to: to.email,
    subject: `You are now ${roleWords[role].title} of ${workspaceName}`,
    paragraphs: [
      `Hello ${to.displayName},`,
      `${by.displayName} changed your role in the workspace "${workspaceName}" from ${roleWords[from].title} to ${roleWords[role].title}.`,
      roleWords[role].summary,
    ],
    link: { label: "Open the workspace", url: new URL(`/w/${news.workspaceId}`, publicUrl).href },
    footnote: askThem(news),
  });
}

export function removedLetter(news: WorkspaceNews): Mail {
  const { to, by, workspaceName } = news;
  return composeLetter({
    to: to.email,
    subject: `You are no longer in ${workspaceName}`,
    paragraphs: [
      `Hello ${to.displayName},`,
      `${by.displayName} removed you from the workspace "${workspaceName}". You cannot open it any more; your account and your other workspaces stay as they are.`,
    ],
    footnote: askThem(news),
  });
}

/** To both: whoever handed it over, and whoever has it now. */
export function transferredLetters(publicUrl: URL, news: WorkspaceNews & { workspaceId: string }): Mail[] {
  const { to, by, workspaceName } = news;
  const link = { label: "Open the workspace", url: new URL(`/w/${news.workspaceId}`, publicUrl).href };
  const received = composeLetter({
    to: to.email,
    subject: `You are now the owner of ${workspaceName}`,
    paragraphs: [
      `Hello ${to.displayName},`,
      `${by.displayName} (${by.email}) handed the workspace "${workspaceName}" over to you. You may now do everything there, also delete it.`,
    ],
    link,
    footnote: askThem(news),
  });
  const given = composeLetter({
    to: by.email,
    subject: `You handed ${workspaceName} over`,
    paragraphs: [
      `Hello ${by.displayName},`,
      `the workspace "${workspaceName}" now belongs to ${to.displayName} (${to.email}). You stay in it as an admin.`,
    ],
    link,
    footnote: "If this was not you, change your password at once and tell us.",
  });
  return [received, given];
}
