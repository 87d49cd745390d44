// What each role may do: the table that the server asks at every act.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { Panel } from "~/app/ui/panel";
import { RoleCards } from "~/app/workspaces/role-cards";
import { RoleMatrix } from "~/app/workspaces/role-matrix";

export function meta() {
  return pageTitle("Roles");
}
export const handle: CrumbHandle = {
  crumb: ({ params }) => ({ label: "Roles", to: paths.memberRoles(params["workspaceId"] ?? "") }),
};

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  return load({ request, context }, () => context.api(params["workspaceId"]).members.roles());
}

export default function Roles() {
  const table = useLoaderData<typeof loader>();
  return (
    <div className="grid grid-cols-1 gap-6">
      <RoleCards roles={table.roles} />
      <Panel
        title="Who may do what"
        description="Areas can be granted to single members beside their role, or withheld from them: the mark + says which area adds the act."
        isFlush
      >
        <RoleMatrix table={table} />
      </Panel>
    </div>
  );
}
