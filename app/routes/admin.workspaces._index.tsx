// Every workspace, found by a part of its name, for the operator.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { findOf } from "~/app/admin/find-of";
import { SearchForm } from "~/app/admin/search-form";
import { WorkspacesTable } from "~/app/admin/workspaces-table";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { PageHeader } from "~/app/ui/page-header";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Workspaces");
}

export async function loader({ request, context }: LoaderFunctionArgs) {
  const find = findOf(request);
  return { find, page: await load({ request, context }, () => context.api().admin.workspaces({ ...find, limit: 50 })) };
}

export default function AdminWorkspaces() {
  const { find, page } = useLoaderData<typeof loader>();
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader title="Workspaces" description="Every tenant of this platform." />
      <SearchForm label="Find a workspace" help="A name, or wks_…" find={find} here={paths.adminWorkspaces()} />
      <Panel isFlush>
        <WorkspacesTable workspaces={page.items} />
        <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="workspaces" />
      </Panel>
    </div>
  );
}
