// Choose a new password with the link from the letter.
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { DoorHeading } from "~/app/frame/door-frame";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { formAgain, submit } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { PasswordField } from "~/app/ui/password-field";

export function meta() {
  return pageTitle("New password");
}

export function loader({ request }: LoaderFunctionArgs) {
  return { token: new URL(request.url).searchParams.get("token") ?? "" };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const input = { token: form.text("token"), password: form.text("password") };
  const problem = await submit({ request, context }, () => context.api().accounts.resetPassword(input));
  return problem ? formAgain(problem, {}) : redirect(paths.home());
}

export default function ResetNew() {
  const { token } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <>
      <DoorHeading title="Choose a new password">Every other session of your account will be signed out.</DoorHeading>
      <CsrfForm className="grid grid-cols-1 gap-5">
        <FormSummary problem={answer?.problem} />
        <input type="hidden" name="token" value={token} />
        <PasswordField
          label="New password"
          name="password"
          autoComplete="new-password"
          required
          error={answer?.problem.fields["password"]}
          help="At least 10 characters."
        />
        <Button tone="primary" isBusy={useIsSubmitting()}>
          Set password
        </Button>
      </CsrfForm>
    </>
  );
}
