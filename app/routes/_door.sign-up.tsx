// Sign up: an address, a name, a password; then the letter.
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { OrLine } from "~/app/accounts/or-line";
import { ProviderButtons } from "~/app/accounts/provider-buttons";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { DoorHeading } from "~/app/frame/door-frame";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { formAgain, submit } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { PasswordField } from "~/app/ui/password-field";
import { TextField } from "~/app/ui/text-field";

export function meta() {
  return pageTitle("Sign up");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const email = new URL(request.url).searchParams.get("email")?.slice(0, 254) ?? "";
  return { offered: await context.api().signInMethods.offered(), email };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const values = { email: form.text("email"), displayName: form.text("displayName") };
  const problem = await submit({ request, context }, () =>
    context.api().accounts.signUp({ ...values, password: form.text("password") }),
  );
  return problem ? formAgain(problem, values) : redirect(paths.verifySent(values.email.trim()));
}

export default function SignUp() {
  const { offered, email } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const errors = answer?.problem.fields ?? {};
  return (
    <>
      <DoorHeading title="Create your account">Your own workspace comes with it. No card, nothing to install.</DoorHeading>
      <CsrfForm className="grid grid-cols-1 gap-5">
        <FormSummary problem={answer?.problem} />
        <TextField
          label="Your name"
          name="displayName"
          autoComplete="name"
          required
          maxLength={100}
          defaultValue={answer?.values.displayName}
          error={errors["displayName"]}
        />
        <TextField
          label="Email"
          name="email"
          type="email"
          autoComplete="email"
          required
          defaultValue={answer?.values.email ?? email}
          error={errors["email"]}
          help="We send one letter with a link that confirms it."
        />
        <PasswordField
          label="Password"
          name="password"
          autoComplete="new-password"
          required
          error={errors["password"]}
          help="At least 10 characters. A sentence is easier to remember than a puzzle."
        />
        <Button tone="primary" isBusy={useIsSubmitting()} className="w-full">
          Create account
        </Button>
      </CsrfForm>
      {offered.length > 0 ? <OrLine /> : null}
      <ProviderButtons offered={offered} to={paths.home()} verb="Sign up" />
      <SignInInstead />
    </>
  );
}

function SignInInstead() {
  return (
    <p className="mt-6 text-center text-ink-2 text-sm">
      Already here?{" "}
      <Link to={paths.signIn()} className="font-medium text-accent underline-offset-4 hover:underline">
        Sign in
      </Link>
    </p>
  );
}
