// A fresh proof before a dangerous act: shows that it is still the same person, and leads back.
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { OrLine } from "~/app/accounts/or-line";
import { PasskeyButton } from "~/app/accounts/passkey-button";
import { ConsoleLinkProof, MailedCodeProof, PasswordProof, SecondFactorProof } from "~/app/accounts/proof-forms";
import { proveIt } from "~/app/accounts/prove-it";
import { formOf } from "~/app/form-of";
import { DoorHeading } from "~/app/frame/door-frame";
import { pageTitle } from "~/app/page-title";
import { ownPlace, paths } from "~/app/paths";
import { load } from "~/app/rpc";

export function meta() {
  return pageTitle("Confirm that it is you");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const to = ownPlace(new URL(request.url).searchParams.get("to"), paths.home());
  const { accounts, passkeys, stepUp } = context.api();
  const [me, { origin }, ways] = await load({ request, context }, () =>
    Promise.all([accounts.me(), passkeys.place(), stepUp.ways()]),
  );
  return { to, email: me.email, origin, ways };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const answer = await proveIt({ request, context }, context.api(), form);
  if (!answer.problem && answer.intent !== "sendCode") throw redirect(ownPlace(form.text("to"), paths.home()));
  return answer;
}

export default function Confirm() {
  const { to, email, origin, ways } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const mayUseConsole = ways.consoleLink && !ways.password && !ways.secondFactor;
  return (
    <>
      <DoorHeading title="Confirm that it is you">
        What comes next would hurt in the wrong hands. You are signed in as{" "}
        <strong className="break-all font-medium text-ink">{email}</strong>.
      </DoorHeading>
      {ways.password ? <PasswordProof to={to} answer={answer} /> : null}
      {ways.password && ways.secondFactor ? <OrLine /> : null}
      {ways.secondFactor ? <SecondFactorProof to={to} answer={answer} isOnly={!ways.password} /> : null}
      {ways.mailedCode ? <MailedCodeProof to={to} answer={answer} email={email} /> : null}
      {ways.passkey && (ways.password || ways.secondFactor) ? <OrLine /> : null}
      {ways.passkey ? <PasskeyButton act="confirm" origin={origin} to={to} /> : null}
      {mayUseConsole ? <ConsoleLinkProof /> : null}
      <Link to={to} className="mt-6 inline-block text-ink-2 text-sm underline-offset-4 hover:text-ink hover:underline">
        Leave it
      </Link>
    </>
  );
}
