// The ways to show that it is still you: password, code of the app, code by mail, the console's link.
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { FormSummary } from "~/app/form-summary";
import { Button } from "~/app/ui/button";
import { Notice } from "~/app/ui/notice";
import { PasswordField } from "~/app/ui/password-field";
import { CodeField } from "./code-field";
import { OutboxHint } from "./outbox-hint";
import type { ProofAnswer } from "./prove-it";

type Props = { to: string; answer: ProofAnswer | undefined };

export function PasswordProof({ to, answer }: Props) {
  const problem = answer?.intent === "password" ? answer.problem : null;
  return (
    <CsrfForm className="grid grid-cols-1 gap-5">
      <FormSummary problem={problem} />
      <input type="hidden" name="to" value={to} />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="current-password"
        required
        error={problem?.fields["password"]}
      />
      <Button tone="primary" name="intent" value="password" isBusy={useIsSubmitting("password")} className="w-full">
        Confirm
      </Button>
    </CsrfForm>
  );
}

export function SecondFactorProof({ to, answer, isOnly }: Props & { isOnly: boolean }) {
  const problem = answer?.intent === "secondFactor" ? answer.problem : null;
  return (
    <CsrfForm className="grid grid-cols-1 gap-5">
      <FormSummary problem={problem} />
      <input type="hidden" name="to" value={to} />
      <CodeField label="Code of your app" error={problem?.fields["code"]} help="Or one of your recovery codes." />
      <Button
        tone={isOnly ? "primary" : "secondary"}
        name="intent"
        value="secondFactor"
        isBusy={useIsSubmitting("secondFactor")}
        className="w-full"
      >
        Confirm with the code
      </Button>
    </CsrfForm>
  );
}

export function MailedCodeProof({ to, answer, email }: Props & { email: string }) {
  const problem = answer?.intent === "mailedCode" || answer?.intent === "sendCode" ? answer.problem : null;
  const wasSent = answer?.intent === "mailedCode" || (answer?.intent === "sendCode" && !answer.problem);
  const isSending = useIsSubmitting("sendCode");
  const isProving = useIsSubmitting("mailedCode");
  return (
    <CsrfForm className="grid grid-cols-1 gap-5">
      <FormSummary problem={problem} />
      <input type="hidden" name="to" value={to} />
      {wasSent ? (
        <>
          <Notice tone="done">
            A code is on its way to <strong className="break-all font-medium">{email}</strong>. It counts for ten minutes.
          </Notice>
          <CodeField label="Code from the letter" error={problem?.fields["code"]} autoFocus />
          <Button tone="primary" name="intent" value="mailedCode" isBusy={isProving} className="w-full">
            Confirm
          </Button>
          <OutboxHint />
        </>
      ) : null}
      <Button tone={wasSent ? "quiet" : "primary"} name="intent" value="sendCode" isBusy={isSending} className="w-full">
        {wasSent ? "Send another code" : `Send a code to ${email}`}
      </Button>
    </CsrfForm>
  );
}

export function ConsoleLinkProof() {
  return (
    <Notice title="Come in by a fresh link of the console">
      Start the installation again: it prints a link that signs you in once, and counts as a proof for 15 minutes. In that time
      choose a password under Account, Sign-in methods, and you will not need the console for this again.
    </Notice>
  );
}
