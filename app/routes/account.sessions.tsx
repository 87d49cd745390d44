// Where a person is signed in.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { SessionsList } from "~/app/accounts/sessions-list";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { pageTitle } from "~/app/page-title";
import { load, submit } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Sessions");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  return { sessions: await load({ request, context }, () => context.api().accounts.sessions()) };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const { accounts } = context.api();
  const revoke = () => accounts.revokeSession({ sessionId: form.text("sessionId") });
  const act = form.text("intent") === "revokeAll" ? () => accounts.revokeAllSessions() : revoke;
  return { problem: await submit({ request, context }, act) };
}

export default function Sessions() {
  const { sessions } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isLeaving = useIsSubmitting("revokeAll");
  const leaveAll = (
    <CsrfForm>
      <Button size="small" name="intent" value="revokeAll" isBusy={isLeaving}>
        Sign out everywhere
      </Button>
    </CsrfForm>
  );
  return (
    <>
      <FormSummary problem={answer?.problem} />
      <Panel
        title="Signed in"
        description="A session ends after 7 days without use, and after 30 days in any case."
        isFlush
        actions={sessions.length > 1 ? leaveAll : null}
      >
        <SessionsList sessions={sessions} />
      </Panel>
    </>
  );
}
