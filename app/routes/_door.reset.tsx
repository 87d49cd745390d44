// Forgot the password: asks for a letter. The answer is the same whether the account exists or not.
import type { ActionFunctionArgs } from "@remix-run/node";
import { Link, useActionData } from "@remix-run/react";
import { OutboxHint } from "~/app/accounts/outbox-hint";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { DoorHeading } from "~/app/frame/door-frame";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { submit } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { TextField } from "~/app/ui/text-field";

export function meta() {
  return pageTitle("Reset the password");
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const email = form.text("email");
  const problem = await submit({ request, context }, () => context.api().accounts.requestPasswordReset({ email }));
  return { problem, email };
}

export default function Reset() {
  const answer = useActionData<typeof action>();
  const isBusy = useIsSubmitting();
  if (answer && !answer.problem) {
    return (
      <>
        <DoorHeading title="Check your mail">
          If <strong className="break-all font-medium text-ink">{answer.email}</strong> has an account here, a letter with a link
          is on its way. The link works once and for one hour.
        </DoorHeading>
        <OutboxHint />
      </>
    );
  }
  return (
    <>
      <DoorHeading title="Reset the password">We send a link to your address; with it you choose a new one.</DoorHeading>
      <CsrfForm className="grid grid-cols-1 gap-5">
        <FormSummary problem={answer?.problem} />
        <TextField
          label="Email"
          name="email"
          type="email"
          autoComplete="email"
          required
          defaultValue={answer?.email}
          error={answer?.problem?.fields["email"]}
        />
        <Button tone="primary" isBusy={isBusy}>
          Send the link
        </Button>
      </CsrfForm>
      <Link
        to={paths.signIn()}
        className="mt-6 inline-block text-ink-2 text-sm underline-offset-4 hover:text-ink hover:underline"
      >
        Back to sign in
      </Link>
    </>
  );
}
