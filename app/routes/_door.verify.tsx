// The link in the letter: the password of the sign-up confirms the address, so that nobody confirms what a stranger chose.
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
  return pageTitle("Confirm your address");
}

export function loader({ request }: LoaderFunctionArgs) {
  return { token: new URL(request.url).searchParams.get("token") ?? "" };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const input = { token: form.text("token"), password: form.text("password") };
  return enter({ request, context }, () => context.api().accounts.verifyEmail(input), { to: paths.home(), values: {} });
}

export default function Verify() {
  const { token } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isBusy = useIsSubmitting();
  if (!token || answer?.problem.reason === "link_dead") return <LinkIsSpent problem={answer?.problem} />;
  return (
    <>
      <DoorHeading title="Confirm your address">
        One step: the letter reached you, and the password shows that it was you who signed up.
      </DoorHeading>
      <CsrfForm className="grid grid-cols-1 gap-5">
        <FormSummary problem={answer?.problem} />
        <input type="hidden" name="token" value={token} />
        <PasswordField
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          error={answer?.problem.fields["password"]}
          help="The one that you chose when you signed up."
        />
        <Button tone="primary" isBusy={isBusy}>
          {isBusy ? "Confirming" : "Confirm address"}
        </Button>
        <LinkButton to={paths.reset()}>I did not choose a password</LinkButton>
      </CsrfForm>
    </>
  );
}

function LinkIsSpent({ problem }: { problem: Parameters<typeof FormSummary>[0]["problem"] }) {
  return (
    <>
      <DoorHeading title="This link does not work any more">
        It works once and for 24 hours. If you confirmed before, just sign in; else ask for a fresh letter.
      </DoorHeading>
      <FormSummary problem={problem} />
      <div className="mt-6 flex gap-2">
        <LinkButton to={paths.signIn()} tone="primary">
          Sign in
        </LinkButton>
        <LinkButton to={paths.verifySent()}>Send a fresh letter</LinkButton>
      </div>
    </>
  );
}
