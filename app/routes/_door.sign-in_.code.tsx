// The second factor at the end of a sign-in: a code of the app, or a recovery code.
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { CodeField } from "~/app/accounts/code-field";
import { OrLine } from "~/app/accounts/or-line";
import { PasskeyButton } from "~/app/accounts/passkey-button";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { DoorHeading } from "~/app/frame/door-frame";
import { pageTitle } from "~/app/page-title";
import { ownPlace, paths } from "~/app/paths";
import { formAgain, load, submit } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { LinkButton } from "~/app/ui/link-button";

export function meta() {
  return pageTitle("Confirm the sign-in");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const to = ownPlace(new URL(request.url).searchParams.get("to"), paths.home());
  const { passkeys, secondFactors } = context.api();
  const [isWaiting, { origin }] = await load({ request, context }, () =>
    Promise.all([secondFactors.pending(), passkeys.place()]),
  );
  if (!isWaiting) throw redirect(paths.signIn(to));
  return { to, origin };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const code = form.text("code");
  const problem = await submit({ request, context }, () => context.api().secondFactors.finishSignIn({ code }));
  return problem ? formAgain(problem, {}) : redirect(ownPlace(form.text("to"), paths.home()));
}

export default function SecondFactor() {
  const { to, origin } = useLoaderData<typeof loader>();
  const problem = useActionData<typeof action>()?.problem;
  const isBusy = useIsSubmitting();
  return (
    <>
      <DoorHeading title="One more step">Type the code that your authenticator app shows now.</DoorHeading>
      {problem?.reason === "sign_in_not_waiting" ? (
        <div className="grid gap-5">
          <FormSummary problem={problem} />
          <LinkButton to={paths.signIn(to)}>Begin again</LinkButton>
        </div>
      ) : (
        <CsrfForm className="grid grid-cols-1 gap-5">
          <FormSummary problem={problem} />
          <input type="hidden" name="to" value={to} />
          <CodeField label="Code" error={problem?.fields["code"]} help="Or one of your recovery codes." autoFocus />
          <Button tone="primary" isBusy={isBusy} className="w-full">
            Sign in
          </Button>
        </CsrfForm>
      )}
      <OrLine />
      <PasskeyButton act="sign_in" origin={origin} to={to} />
      <Link
        to={paths.signIn(to)}
        className="mt-6 inline-block text-ink-2 text-sm underline-offset-4 hover:text-ink hover:underline"
      >
        Sign in as somebody else
      </Link>
    </>
  );
}
