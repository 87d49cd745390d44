// The link in an invitation's letter: what it invites to, and what to do, whoever looks at it.
import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load, submit, unlessSignedOut } from "~/app/rpc";
import { InvitationLanding } from "~/app/workspaces/invitation-landing";
import { returnPlaceCookie } from "~/app/workspaces/last-workspace";

export function meta() {
  return pageTitle("Invitation");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const token = new URL(request.url).searchParams.get("token") ?? "";
  const api = context.api();
  const [invitation, me] = await load({ request, context }, () =>
    Promise.all([api.invitations.look({ token: token.slice(0, 200) }), unlessSignedOut(() => api.accounts.me())]),
  );
  // Whoever makes an account first comes back here once their address is confirmed.
  const isWaiting = invitation?.obstacle === "signed_out" || invitation?.obstacle === "email_not_verified";
  const cookie = returnPlaceCookie(request, isWaiting ? paths.invitation(token) : null);
  return data({ token, invitation, email: me?.email ?? null }, { headers: { "set-cookie": cookie } });
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const token = form.text("token");
  const { invitations, accounts } = context.api();
  if (form.text("intent") === "change_account") {
    await unlessSignedOut(() => accounts.signOut());
    return redirect(paths.signIn(paths.invitation(token)));
  }
  let workspaceId = "";
  const problem = await submit({ request, context }, async () => {
    workspaceId = (await invitations.accept({ token })).workspaceId;
  });
  return problem ?? redirect(paths.workspace(workspaceId), { headers: { "set-cookie": returnPlaceCookie(request, null) } });
}

export default function Invitation() {
  const facts = useLoaderData<typeof loader>();
  const problem = useActionData<typeof action>();
  return <InvitationLanding {...facts} summary={<FormSummary problem={problem} />} />;
}
