// The audit log of the workspace.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { AuditFilters } from "~/app/audit/audit-filters";
import { AuditTable } from "~/app/audit/audit-table";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { PageHeader } from "~/app/ui/page-header";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Audit");
}
export const handle: CrumbHandle = { crumb: ({ params }) => ({ label: "Audit", to: paths.audit(params["workspaceId"] ?? "") }) };

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const workspaceId = params["workspaceId"] ?? "";
  const query = new URL(request.url).searchParams;
  const read = (name: string, lengthMax: number) => query.get(name)?.trim().slice(0, lengthMax) ?? "";
  const filter = {
    traceId: read("trace", 40),
    action: read("action", 60),
    targetId: read("target", 40),
    cursor: read("cursor", 200),
  };
  const asked = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));
  const page = await load({ request, context }, () => context.api(workspaceId).audit.list({ limit: 50, ...asked }));
  return { workspaceId, filter, page, isFiltered: Object.keys(asked).length > 0 };
}

export default function Audit() {
  const { workspaceId, filter, page, isFiltered } = useLoaderData<typeof loader>();
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader title="Audit" description="Who did what, and when. Entries can be added, never changed and never deleted." />
      <AuditFilters workspaceId={workspaceId} action={filter.action} trace={filter.traceId} />
      <Panel isFlush>
        <AuditTable items={page.items} workspaceId={workspaceId} isFiltered={isFiltered} />
        <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="entries" />
      </Panel>
    </div>
  );
}
