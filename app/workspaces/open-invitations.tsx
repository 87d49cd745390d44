// The invitations that wait for an answer, and what can be done about each.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { Button } from "~/app/ui/button";
import { Moment } from "~/app/ui/moment";
import { StateMark, type StateTone } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import { roleWords } from "~/server/auth/role-words.contract";
import type { InvitationItem } from "~/server/workspaces/invitations.contract";

const states: Record<InvitationItem["state"], { tone: StateTone; word: string; meaning: string }> = {
  open: { tone: "waiting", word: "Waiting", meaning: "" },
  expired: { tone: "stopped", word: "Expired", meaning: "Send it again for seven days more." },
  withdrawn: {
    tone: "off",
    word: "Not valid",
    meaning: "Whoever sent it may not give this role any more. Send it again to stand for it.",
  },
};

export function OpenInvitations({ invitations }: { invitations: InvitationItem[] }) {
  return (
    <ul className="divide-y divide-line">
      {invitations.map((invitation) => (
        <InvitationRow key={invitation.invitationId} invitation={invitation} />
      ))}
    </ul>
  );
}

function InvitationRow({ invitation }: { invitation: InvitationItem }) {
  const { invitationId, email, role, state, sentAt, expiresAt } = invitation;
  const { tone, word, meaning } = states[state];
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="break-all font-medium text-ink text-sm">{email}</span>
          <Tag>{roleWords[role].title}</Tag>
        </p>
        <p className="text-[0.8125rem] text-ink-3 leading-5">
          sent <Moment at={sentAt} />
          {state === "open" ? (
            <>
              , ends <Moment at={expiresAt} />
            </>
          ) : (
            `. ${meaning}`
          )}
        </p>
      </div>
      <StateMark tone={tone}>{word}</StateMark>
      <CsrfForm className="flex gap-1">
        <input type="hidden" name="invitationId" value={invitationId} />
        <Act intent="resend" invitationId={invitationId} label={`Send the invitation to ${email} again`}>
          Send again
        </Act>
        <Act intent="revoke" invitationId={invitationId} label={`Revoke the invitation to ${email}`}>
          Revoke
        </Act>
      </CsrfForm>
    </li>
  );
}

type ActProps = { intent: string; invitationId: string; label: string; children: string };

function Act({ intent, invitationId, label, children }: ActProps) {
  const value = `${intent} ${invitationId}`;
  return (
    <Button tone="quiet" size="small" name="intent" value={value} isBusy={useIsSubmitting(value)} aria-label={label}>
      {children}
    </Button>
  );
}
