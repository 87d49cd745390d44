// The link in a letter about a change of address: one of the two mailboxes agrees.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { DoorHeading } from "~/app/frame/door-frame";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { submit } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { LinkButton } from "~/app/ui/link-button";
import type { EmailChangeOutcome } from "~/server/accounts/email-changes.contract";

export function meta() {
  return pageTitle("Change of address");
}

export function loader({ request }: LoaderFunctionArgs) {
  return { token: new URL(request.url).searchParams.get("token") ?? "" };
}

/** By a press and not by opening the link: programs that read letters open links too. */
export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const answers: EmailChangeOutcome[] = [];
  const problem = await submit({ request, context }, async () => {
    answers.push(await context.api().emailChanges.confirm({ token: form.text("token") }));
  });
  return { problem, outcome: answers[0]?.outcome };
}

const outcomes = {
  waiting: [
    "Thank you, that is one of two",
    "The other mailbox got a letter as well. The address changes when it has agreed too.",
  ],
  changed: ["Your address is changed", "Both mailboxes have agreed. From now on you sign in with the new address."],
  refused: [
    "The address was not changed",
    "It cannot be given to this account any more. The new mailbox got a letter that says why.",
  ],
} as const;

export default function EmailChange() {
  const { token } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isBusy = useIsSubmitting();
  if (answer?.outcome) {
    const [title, text] = outcomes[answer.outcome];
    return (
      <>
        <DoorHeading title={title}>{text}</DoorHeading>
        <LinkButton to={paths.account()}>To your account</LinkButton>
      </>
    );
  }
  return (
    <>
      <DoorHeading title="Change of address">
        Somebody who is signed in to your account asked for this. Agree only if that was you.
      </DoorHeading>
      <CsrfForm className="grid grid-cols-1 gap-5">
        <FormSummary problem={answer?.problem} />
        <input type="hidden" name="token" value={token} />
        {answer?.problem?.reason === "link_dead" ? null : (
          <Button tone="primary" isBusy={isBusy}>
            Agree to the change
          </Button>
        )}
        <LinkButton to={paths.home()}>Leave it as it is</LinkButton>
      </CsrfForm>
    </>
  );
}
