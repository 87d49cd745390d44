// How a person comes in: password, passkeys, two-factor sign-in.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { changeSignIn } from "~/app/accounts/change-sign-in";
import { PasskeysPanel } from "~/app/accounts/passkeys-panel";
import { PasswordPanel } from "~/app/accounts/password-panel";
import { SecondFactorPanel } from "~/app/accounts/second-factor-panel";
import { SignInMethodsPanel } from "~/app/accounts/sign-in-methods";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";
import { Outcome } from "~/app/ui/outcome";

export function meta() {
  return pageTitle("Sign-in methods");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { passkeys, secondFactors, signInMethods, stepUp } = context.api();
  const [keys, place, secondFactor, ways, methods] = await load({ request, context }, () =>
    Promise.all([passkeys.list(), passkeys.place(), secondFactors.status(), stepUp.ways(), signInMethods.mine()]),
  );
  const done = new URL(request.url).searchParams.get("done");
  return { keys, place, secondFactor, hasPassword: ways.password, methods, done };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  return (await changeSignIn({ request, context }, context.api(), form)) ?? undefined;
}

export default function SignInMethods() {
  const { keys, place, secondFactor, hasPassword, methods, done } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isOfPassword = answer?.intent.endsWith("Password") ?? false;
  const isAtField = isOfPassword || answer?.offer !== undefined;
  return (
    <>
      <Outcome of={answer ?? done}>
        {done === "password" && !answer ? "Your password is new. Every other session was signed out." : null}
      </Outcome>
      {isAtField ? null : <FormSummary problem={answer?.problem} />}
      <PasswordPanel
        // Another form after each success: what was typed into the last one is spent.
        key={`${hasPassword} ${done}`}
        hasPassword={hasPassword}
        problem={isOfPassword ? (answer?.problem ?? null) : null}
      />
      <SecondFactorPanel status={secondFactor} answer={answer} />
      <PasskeysPanel passkeys={keys} origin={place.origin} />
      <SignInMethodsPanel methods={methods} />
    </>
  );
}
