// Sign in with email and password, then go where one was going.
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { enter } from "~/app/accounts/enter";
import { OrLine } from "~/app/accounts/or-line";
import { PasskeyButton } from "~/app/accounts/passkey-button";
import { ProviderButtons } from "~/app/accounts/provider-buttons";
import { VerifyHint } from "~/app/accounts/verify-hint";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { DoorHeading } from "~/app/frame/door-frame";
import { pageTitle } from "~/app/page-title";
import { ownPlace, paths } from "~/app/paths";
import { unlessSignedOut } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { PasswordField } from "~/app/ui/password-field";
import { TextField } from "~/app/ui/text-field";

export function meta() {
  return pageTitle("Sign in");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const to = ownPlace(new URL(request.url).searchParams.get("to"), paths.home());
  if (await unlessSignedOut(() => context.api().accounts.me())) throw redirect(to);
  const { passkeys, signInMethods } = context.api();
  const [{ origin }, offered] = await Promise.all([passkeys.place(), signInMethods.offered()]);
  return { to, origin, offered };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const values = { email: form.text("email") };
  const input = { ...values, password: form.text("password") };
  const to = ownPlace(form.text("to"), paths.home());
  return enter({ request, context }, () => context.api().accounts.signIn(input), { to, values });
}

export default function SignIn() {
  const { to, origin, offered } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const errors = answer?.problem.fields ?? {};
  return (
    <>
      <DoorHeading title="Sign in" />
      <CsrfForm className="grid grid-cols-1 gap-5">
        <FormSummary problem={answer?.problem} />
        {answer?.problem.reason === "email_not_verified" ? <VerifyHint email={answer.values.email} /> : null}
        <input type="hidden" name="to" value={to} />
        <TextField
          label="Email"
          name="email"
          type="email"
          autoComplete="username"
          required
          defaultValue={answer?.values.email}
          error={errors["email"]}
        />
        <PasswordField label="Password" name="password" autoComplete="current-password" required error={errors["password"]} />
        <Button tone="primary" isBusy={useIsSubmitting()} className="w-full">
          Sign in
        </Button>
      </CsrfForm>
      <OrLine />
      <PasskeyButton act="sign_in" origin={origin} to={to} />
      <ProviderButtons offered={offered} to={to} verb="Sign in" />
      <div className="mt-6 flex justify-between text-ink-2 text-sm">
        <Link to={paths.reset()} className="underline-offset-4 hover:text-ink hover:underline">
          Forgot the password?
        </Link>
        <Link to={paths.signUp()} className="font-medium text-accent underline-offset-4 hover:underline">
          Create an account
        </Link>
      </div>
    </>
  );
}
