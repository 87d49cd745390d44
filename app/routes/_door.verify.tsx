// The link in the letter: confirms the address by a POST, so that a mail scanner that only looks does not use the link up.
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData, useLoaderData, useSubmit } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { DoorHeading } from "~/app/frame/door-frame";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { formAgain, submit } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { LinkButton } from "~/app/ui/link-button";

export function meta() {
  return pageTitle("Confirm your address");
}

export function loader({ request }: LoaderFunctionArgs) {
  return { token: new URL(request.url).searchParams.get("token") ?? "" };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const problem = await submit({ request, context }, () => context.api().accounts.verifyEmail({ token: form.text("token") }));
  return problem ? formAgain(problem, {}) : redirect(paths.home());
}

export default function Verify() {
  const { token } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const form = useRef<HTMLFormElement>(null);
  const wasSent = useRef(false);
  const send = useSubmit();
  const isBusy = useIsSubmitting();
  useEffect(() => {
    if (wasSent.current || !token || !form.current) return;
    wasSent.current = true;
    send(form.current);
  }, [token, send]);
  if (!token || answer) return <LinkIsSpent problem={answer?.problem} />;
  return (
    <>
      <DoorHeading title="Confirm your address">One step: this proves that the letter reached you.</DoorHeading>
      <CsrfForm ref={form}>
        <input type="hidden" name="token" value={token} />
        <Button tone="primary" isBusy={isBusy}>
          {isBusy ? "Confirming" : "Confirm address"}
        </Button>
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
