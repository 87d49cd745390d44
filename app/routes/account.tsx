// A person's own page: who they are, their password, where they are signed in.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { changeAccount } from "~/app/accounts/change-account";
import { SessionsList } from "~/app/accounts/sessions-list";
import { CsrfForm, useIsSubmitting } from "~/app/csrf-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { PersonFrame } from "~/app/frame/person-frame";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";
import { Button } from "~/app/ui/button";
import { Notice } from "~/app/ui/notice";
import { PageHeader } from "~/app/ui/page-header";
import { Panel } from "~/app/ui/panel";
import { PasswordField } from "~/app/ui/password-field";

export function meta() {
  return pageTitle("Account");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { accounts } = context.api();
  const [me, sessions] = await load({ request, context }, () => Promise.all([accounts.me(), accounts.sessions()]));
  return { me, sessions, done: new URL(request.url).searchParams.get("done") };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  return changeAccount({ request, context }, context.api(), form);
}

export default function Account() {
  const { me, sessions, done } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const problem = answer?.intent === "password" ? answer.problem : null;
  const isChanging = useIsSubmitting("password");
  const isLeaving = useIsSubmitting("revokeAll");
  const leaveAll = (
    <CsrfForm>
      <Button size="small" name="intent" value="revokeAll" isBusy={isLeaving}>
        Sign out everywhere else
      </Button>
    </CsrfForm>
  );
  return (
    <PersonFrame me={me}>
      <PageHeader title={me.displayName} description={me.email} />
      {done === "password" && !answer ? (
        <Notice tone="done">Your password is new. Every other session was signed out.</Notice>
      ) : null}
      {answer?.intent !== "password" ? <FormSummary problem={answer?.problem} /> : null}
      <Panel title="Signed in" isFlush actions={sessions.length > 1 ? leaveAll : null}>
        <SessionsList sessions={sessions} />
      </Panel>
      <Panel title="Password">
        <CsrfForm className="grid max-w-md gap-5">
          <input type="hidden" name="intent" value="password" />
          <FormSummary problem={problem} />
          <PasswordField
            label="Present password"
            name="currentPassword"
            autoComplete="current-password"
            required
            error={problem?.fields["currentPassword"]}
          />
          <PasswordField
            label="New password"
            name="newPassword"
            autoComplete="new-password"
            required
            error={problem?.fields["newPassword"]}
            help="At least 10 characters. Every other session will be signed out."
          />
          <div>
            <Button isBusy={isChanging}>Change password</Button>
          </div>
        </CsrfForm>
      </Panel>
    </PersonFrame>
  );
}
