// One member: their role, what they may beside it, and the way out.
import type { ActionFunctionArgs, LoaderFunctionArgs, SerializeFrom } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { formOf } from "~/app/form-of";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { Outcome } from "~/app/ui/outcome";
import { changeMember } from "~/app/workspaces/change-member";
import { MemberFacts } from "~/app/workspaces/member-facts";
import { MemberGrants } from "~/app/workspaces/member-grants";
import { MemberRole } from "~/app/workspaces/member-role";
import { RemoveMember } from "~/app/workspaces/remove-member";

export function meta() {
  return pageTitle("Member");
}
export const handle: CrumbHandle<SerializeFrom<typeof loader>> = {
  crumb: ({ data, params }) => ({
    label: data?.member.displayName ?? "Member",
    to: paths.member(params["workspaceId"] ?? "", params["userId"] ?? ""),
  }),
};

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { members } = context.api(params["workspaceId"]);
  const [member, table] = await load({ request, context }, () =>
    Promise.all([members.get({ userId: params["userId"] ?? "" }), members.roles()]),
  );
  return { member, table };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const at = { workspaceId: params["workspaceId"] ?? "", userId: params["userId"] ?? "" };
  return changeMember({ request, context }, { api: context.api(at.workspaceId), at, form });
}

export default function Member() {
  const { member, table } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const problemOf = (intent: string) => (answer?.intent === intent ? answer.problem : null);
  return (
    <div className="grid grid-cols-1 gap-6">
      <Outcome of={answer}>{answer?.done}</Outcome>
      <MemberFacts member={member} />
      {member.isManageable ? (
        <>
          <MemberRole member={member} roles={table.roles} problem={problemOf("role")} />
          <MemberGrants member={member} table={table} problem={problemOf("grant")} />
          <RemoveMember member={member} problem={problemOf("remove")} />
        </>
      ) : null}
    </div>
  );
}
