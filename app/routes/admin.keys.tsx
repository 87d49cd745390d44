// The platform's keys: what wraps every data key, how far a rotation is, and which credentials the environment holds.
import { type ActionFunctionArgs, data, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { CredentialsPanel } from "~/app/admin/credentials-panel";
import { GiveUpForm } from "~/app/admin/give-up-form";
import { RotationPanel } from "~/app/admin/rotation-panel";
import { WrappingKeysPanel } from "~/app/admin/wrapping-keys-panel";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { pageTitle } from "~/app/page-title";
import { load, submit } from "~/app/rpc";
import { Outcome } from "~/app/ui/outcome";
import { PageHeader } from "~/app/ui/page-header";

export function meta() {
  return pageTitle("Keys");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  return load({ request, context }, () => context.api().rotation.overview());
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const { rotation } = context.api();
  const intent = form.text("intent");
  const given = { kekId: form.text("kekId"), confirmation: form.text("confirmation") };
  const problem = await submit({ request, context }, () => (intent === "giveUp" ? rotation.giveUp(given) : rotation.start()));
  return data({ problem, intent, kekId: given.kekId }, { status: problem ? 400 : 200 });
}

const doneWords: Record<string, string> = {
  start: "Begun. It goes on by itself, also when a worker is stopped; this page shows how far it is.",
  giveUp: "The key is given up. What it guarded is lost; values can be set anew.",
};

export default function AdminKeys() {
  const overview = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const missing = overview.keys.filter((key) => key.state === "missing");
  const done = answer && !answer.problem ? doneWords[answer.intent] : null;
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Keys"
        description="What seals every secret of this platform. Here are names and fingerprints only; keys stand in the environment."
      />
      <Outcome of={answer}>{done}</Outcome>
      {answer?.intent === "start" ? <FormSummary problem={answer.problem} /> : null}
      {missing.map((key) => (
        <GiveUpForm key={key.id} missing={key} problem={answer?.kekId === key.id ? answer.problem : null} />
      ))}
      <WrappingKeysPanel keys={overview.keys} waiting={overview.waiting} />
      <RotationPanel rotations={overview.rotations} />
      <CredentialsPanel credentials={overview.credentials} />
    </div>
  );
}
