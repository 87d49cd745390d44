// The people of the workspace, and who is invited.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";
import { Outcome } from "~/app/ui/outcome";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";
import { changeMembers } from "~/app/workspaces/change-members";
import { InviteForm } from "~/app/workspaces/invite-form";
import { MembersTable } from "~/app/workspaces/members-table";
import { OpenInvitations } from "~/app/workspaces/open-invitations";

export function meta() {
  return pageTitle("Members");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const workspaceId = params["workspaceId"] ?? "";
  const query = new URL(request.url).searchParams;
  const cursor = query.get("cursor");
  const { workspaces, members, invitations } = context.api(workspaceId);
  return load({ request, context }, async () => {
    const [page, { roles }] = await Promise.all([
      workspaces.members({ limit: 50, ...(cursor ? { cursor } : {}) }),
      members.roles(),
    ]);
    const mayInvite = roles.some((item) => item.isGivable);
    const open = mayInvite ? await invitations.list() : [];
    return { workspaceId, page, roles, mayInvite, invitations: open, done: query.get("done") };
  });
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  return changeMembers({ request, context }, context.api(params["workspaceId"]), form);
}

export default function Members() {
  const { workspaceId, page, roles, mayInvite, invitations, done } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isAboutInviting = answer?.intent === "invite";
  return (
    <div className="grid grid-cols-1 gap-6">
      <Outcome of={answer}>
        {answer ? answer.done : done === "removed" ? "They are out, as of now. A letter tells them." : null}
      </Outcome>
      {isAboutInviting ? null : <FormSummary problem={answer?.problem} />}
      <div className={mayInvite ? "grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1.7fr)_minmax(0,1fr)] lg:items-start" : ""}>
        <div className="grid grid-cols-1 gap-6">
          <Panel title="People" isFlush>
            <MembersTable members={page.items} workspaceId={workspaceId} />
            <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="members" first="oldest" />
          </Panel>
          {invitations.length > 0 ? (
            <Panel title="Invited" isFlush>
              <OpenInvitations invitations={invitations} />
            </Panel>
          ) : null}
        </div>
        {mayInvite ? (
          <Panel title="Invite somebody">
            <InviteForm
              key={answer?.done ? answer.at : ""}
              roles={roles}
              problem={isAboutInviting ? answer.problem : null}
              typed={isAboutInviting && answer.problem ? answer.typed : undefined}
            />
          </Panel>
        ) : null}
      </div>
    </div>
  );
}
