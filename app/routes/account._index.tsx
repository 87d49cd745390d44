// A person's profile: name and address.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { changeProfile } from "~/app/accounts/change-profile";
import { EmailPanel } from "~/app/accounts/email-panel";
import { ProfilePanel } from "~/app/accounts/profile-panel";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";

export function meta() {
  return pageTitle("Account");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { accounts, emailChanges } = context.api();
  const [me, pending] = await load({ request, context }, () => Promise.all([accounts.me(), emailChanges.pending()]));
  return { me, pending };
}

export async function action({ request, context }: ActionFunctionArgs) {
  return changeProfile({ request, context }, context.api(), await formOf({ request, context }));
}

export default function Profile() {
  const { me, pending } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <>
      {answer?.intent === "cancelEmail" ? <FormSummary problem={answer.problem} /> : null}
      <ProfilePanel me={me} answer={answer} />
      <EmailPanel me={me} pending={pending} answer={answer} />
    </>
  );
}
