// Choose a new password with the link from the letter.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { enter } from "~/app/accounts/enter";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { DoorHeading } from "~/app/frame/door-frame";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { Button } from "~/app/ui/button";
import { LinkButton } from "~/app/ui/link-button";
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
  return enter({ request, context }, () => context.api().accounts.resetPassword(input), { to: paths.home(), values: {} });
}

export default function ResetNew() {
  const { token } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isBusy = useIsSubmitting();
  if (!token || answer?.problem.reason === "link_dead") return <LinkIsSpent problem={answer?.problem} />;
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
        <Button tone="primary" isBusy={isBusy}>
          Set password
        </Button>
      </CsrfForm>
    </>
  );
}

function LinkIsSpent({ problem }: { problem: Parameters<typeof FormSummary>[0]["problem"] }) {
  return (
    <>
      <DoorHeading title="This link does not work any more">
        It works once and for one hour, and a newer letter replaces it.
      </DoorHeading>
      <FormSummary problem={problem} />
      <div className="mt-6 flex flex-wrap gap-2">
        <LinkButton to={paths.reset()} tone="primary">
          Send a fresh letter
        </LinkButton>
        <LinkButton to={paths.signIn()}>Sign in</LinkButton>
      </div>
    </>
  );
}
