// What an invitation's link shows: who invites to what, and the one thing to do next, whatever stands in the way.
import type { ReactNode } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { DoorHeading } from "~/app/frame/door-frame";
import { paths } from "~/app/paths";
import { Button } from "~/app/ui/button";
import { LinkButton } from "~/app/ui/link-button";
import { Moment } from "~/app/ui/moment";
import { Notice } from "~/app/ui/notice";
import { roleWords } from "~/server/auth/role-words.contract";
import type { AcceptObstacle, InvitationView } from "~/server/workspaces/invitations.contract";

type Facts = { token: string; invitation: InvitationView | null; email: string | null; summary: ReactNode };

export function InvitationLanding({ token, invitation, email, summary }: Facts) {
  if (!invitation) return <NoSuchInvitation isSignedIn={email !== null} />;
  const { obstacle, workspaceName, inviterName, role } = invitation;
  return (
    <>
      <DoorHeading title={obstacle && headings[obstacle] ? headings[obstacle] : `Join ${workspaceName}`}>
        {inviterName} invites <strong className="break-all font-medium text-ink">{invitation.email}</strong> to the workspace{" "}
        <strong className="font-medium text-ink">{workspaceName}</strong>.
      </DoorHeading>
      <div className="grid grid-cols-1 gap-5">
        {summary}
        <div className="rounded-lg border border-line bg-surface px-4 py-3">
          <p className="font-medium text-ink text-sm leading-6">{roleWords[role].title}</p>
          <p className="text-[0.8125rem] text-ink-2 leading-5">{roleWords[role].summary}</p>
        </div>
        <NextStep token={token} invitation={invitation} email={email} />
      </div>
    </>
  );
}

const headings: Partial<Record<AcceptObstacle, string>> = {
  accepted: "This invitation was accepted",
  revoked: "This invitation was taken back",
  expired: "This invitation is too old",
  withdrawn: "This invitation is not valid any more",
  workspace_disabled: "This workspace is disabled",
  already_member: "You are in already",
};

/** What to say when there is nothing to do but to ask or to wait. */
const ends: Partial<Record<AcceptObstacle, string>> = {
  accepted: "It works once, and it has been used.",
  revoked: "Somebody in the workspace revoked it. If you think that was a mistake, ask them for a new one.",
  expired: "It worked for seven days. Ask for a new letter; that takes them one click.",
  withdrawn: "Whoever invited you has left, or may not give this role any more. Somebody else there can send you a new letter.",
  workspace_disabled:
    "The operator of the platform has switched it off. The invitation works again when it is back, if its seven days have not passed.",
  already_member: "There is nothing to accept.",
};

function NextStep({ token, invitation, email }: { token: string; invitation: InvitationView; email: string | null }) {
  const { obstacle, workspaceId } = invitation;
  if (obstacle === null) return <AcceptForm token={token} invitation={invitation} />;
  if (obstacle === "signed_out") return <SignInFirst token={token} invitation={invitation} />;
  if (obstacle === "other_address") return <OtherAccount token={token} invitation={invitation} email={email} />;
  if (obstacle === "email_not_verified") {
    return (
      <Notice tone="warning" title="Confirm your address first">
        Open the link in the letter we sent to {invitation.email}, then come back to this one.{" "}
        <LinkButton to={paths.verifySent(invitation.email)} size="small">
          Send it again
        </LinkButton>
      </Notice>
    );
  }
  return (
    <>
      <Notice>{ends[obstacle]}</Notice>
      {workspaceId ? (
        <LinkButton to={paths.workspace(workspaceId)} tone="primary">
          Open the workspace
        </LinkButton>
      ) : (
        <LinkButton to={paths.home()}>Back to the start</LinkButton>
      )}
    </>
  );
}

function AcceptForm({ token, invitation }: { token: string; invitation: InvitationView }) {
  return (
    <CsrfForm className="grid grid-cols-1 gap-3">
      <input type="hidden" name="token" value={token} />
      <Button tone="primary" name="intent" value="accept" isBusy={useIsSubmitting("accept")}>
        Accept and open the workspace
      </Button>
      <p className="text-[0.8125rem] text-ink-3 leading-5">
        The invitation ends <Moment at={invitation.expiresAt} />. The members of the workspace will see your name and address.
      </p>
    </CsrfForm>
  );
}

function SignInFirst({ token, invitation }: { token: string; invitation: InvitationView }) {
  return (
    <div className="grid grid-cols-1 gap-3">
      <LinkButton to={paths.signIn(paths.invitation(token))} tone="primary">
        Sign in to accept
      </LinkButton>
      <LinkButton to={paths.signUp(invitation.email)}>Make an account</LinkButton>
      <p className="text-[0.8125rem] text-ink-3 leading-5">
        Use the address {invitation.email}: nobody else can accept. With a new account you come back here once the address is
        confirmed.
      </p>
    </div>
  );
}

function OtherAccount({ token, invitation, email }: { token: string; invitation: InvitationView; email: string | null }) {
  return (
    <CsrfForm className="grid grid-cols-1 gap-3">
      <input type="hidden" name="token" value={token} />
      <Notice tone="warning" title="This is for another address">
        You are signed in as <span className="break-all">{email}</span>. Only the account of{" "}
        <span className="break-all">{invitation.email}</span> can accept.
      </Notice>
      <Button name="intent" value="change_account" isBusy={useIsSubmitting("change_account")}>
        Sign out and use the other account
      </Button>
      <LinkButton to={paths.home()} tone="quiet">
        Stay signed in
      </LinkButton>
    </CsrfForm>
  );
}

function NoSuchInvitation({ isSignedIn }: { isSignedIn: boolean }) {
  return (
    <>
      <DoorHeading title="This link does not work">
        It is incomplete, or a newer letter has replaced it. Look for the latest letter, or ask whoever invited you to send it
        again.
      </DoorHeading>
      <LinkButton to={isSignedIn ? paths.home() : paths.signIn()}>{isSignedIn ? "Back to your workspace" : "Sign in"}</LinkButton>
    </>
  );
}
