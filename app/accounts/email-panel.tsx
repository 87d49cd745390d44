// The address of an account, and a change of it that waits for its two mailboxes.
import { CircleCheck, CircleDashed } from "lucide-react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";
import { TextField } from "~/app/ui/text-field";
import type { Me } from "~/server/accounts/accounts.contract";
import type { EmailChangeItem } from "~/server/accounts/email-changes.contract";
import type { ProfileAnswer } from "./change-profile";
import { OutboxHint } from "./outbox-hint";

type Props = { me: Me; pending: EmailChangeItem | null; answer: ProfileAnswer | undefined };

export function EmailPanel({ me, pending, answer }: Props) {
  return (
    <Panel title="Email" description={me.email}>
      {pending ? <PendingChange me={me} pending={pending} /> : <AskForChange answer={answer} />}
    </Panel>
  );
}

function AskForChange({ answer }: { answer: ProfileAnswer | undefined }) {
  const problem = answer?.intent === "requestEmail" ? answer.problem : null;
  return (
    <CsrfForm className="grid max-w-md gap-5">
      <FormSummary problem={problem} />
      <TextField
        label="New address"
        name="email"
        type="email"
        autoComplete="email"
        required
        defaultValue={problem ? answer?.email : undefined}
        error={problem?.fields["email"]}
        help="Both mailboxes get a letter. The address changes when both have agreed."
      />
      <div>
        <Button name="intent" value="requestEmail" isBusy={useIsSubmitting("requestEmail")}>
          Change address
        </Button>
      </div>
    </CsrfForm>
  );
}

function PendingChange({ me, pending }: { me: Me; pending: EmailChangeItem }) {
  return (
    <div className="grid gap-4">
      <p className="text-ink-2 text-sm leading-6">
        A change to <strong className="break-all font-medium text-ink">{pending.newEmail}</strong> waits for a click in each of
        the two letters. They work for a day.
      </p>
      <ul className="grid gap-2 text-sm">
        <Mailbox email={me.email} hasAgreed={pending.hasOldAgreed} />
        <Mailbox email={pending.newEmail} hasAgreed={pending.hasNewAgreed} />
      </ul>
      <OutboxHint />
      <CsrfForm>
        <Button size="small" name="intent" value="cancelEmail" isBusy={useIsSubmitting("cancelEmail")}>
          Call it off
        </Button>
      </CsrfForm>
    </div>
  );
}

function Mailbox({ email, hasAgreed }: { email: string; hasAgreed: boolean }) {
  const Icon = hasAgreed ? CircleCheck : CircleDashed;
  return (
    <li className="flex items-start gap-2">
      <Icon aria-hidden="true" className={hasAgreed ? "mt-0.5 size-4 shrink-0 text-live" : "mt-0.5 size-4 shrink-0 text-ink-3"} />
      <span className="min-w-0 break-all">
        {email} <span className="text-ink-3">{hasAgreed ? "has agreed" : "is waited for"}</span>
      </span>
    </li>
  );
}
