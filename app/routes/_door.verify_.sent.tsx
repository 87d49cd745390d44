// Check your mail: where the letter went, where it is on an installation without a mail server, and another one.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { MailCheck } from "lucide-react";
import { OutboxHint } from "~/app/accounts/outbox-hint";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { DoorHeading } from "~/app/frame/door-frame";
import { pageTitle } from "~/app/page-title";
import { submit } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { Notice } from "~/app/ui/notice";
import { TextField } from "~/app/ui/text-field";

export function meta() {
  return pageTitle("Check your mail");
}

export function loader({ request }: LoaderFunctionArgs) {
  return { email: new URL(request.url).searchParams.get("email") ?? "" };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const email = form.text("email");
  const problem = await submit({ request, context }, () => context.api().accounts.resendVerification({ email }));
  return { problem, email };
}

export default function VerifySent() {
  const { email } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <>
      <MailCheck aria-hidden="true" className="mb-4 size-7 text-accent" />
      <DoorHeading title="Check your mail">
        {email ? (
          <>
            We wrote to <strong className="break-all font-medium text-ink">{email}</strong>. Open the link in that letter, type
            your password, and you are in.
          </>
        ) : (
          "Open the link in the letter we sent, type your password, and you are in."
        )}
      </DoorHeading>
      <OutboxHint />
      <CsrfForm className="mt-8 grid gap-4 border-line border-t pt-6">
        <FormSummary problem={answer?.problem} />
        {answer && !answer.problem ? (
          <Notice tone="done">If that address waits for confirmation, a fresh letter is on its way.</Notice>
        ) : null}
        <TextField
          label="Nothing came? Send it again to"
          name="email"
          type="email"
          autoComplete="email"
          required
          defaultValue={answer?.email ?? email}
          error={answer?.problem?.fields["email"]}
        />
        <Button isBusy={useIsSubmitting()}>Send the letter again</Button>
      </CsrfForm>
    </>
  );
}
