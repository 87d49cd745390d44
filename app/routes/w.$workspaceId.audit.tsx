// The audit log of the workspace, its chain, and the log to take along.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { AuditFilters } from "~/app/audit/audit-filters";
import { auditSearchOf, filterOf, isSearching } from "~/app/audit/audit-search";
import { AuditTable } from "~/app/audit/audit-table";
import { ChainPanel } from "~/app/audit/chain-panel";
import { ExportLinks } from "~/app/audit/export-links";
import { verifyFromForm } from "~/app/audit/verify-from-form";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
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
  const search = auditSearchOf(query);
  const cursor = query.get("cursor")?.slice(0, 200);
  const { audit } = context.api(workspaceId);
  const [page, chain] = await load({ request, context }, () =>
    Promise.all([audit.list({ limit: 50, ...filterOf(search), ...(cursor ? { cursor } : {}) }), audit.chain()]),
  );
  return { workspaceId, search, page, chain };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  return verifyFromForm({ request, context }, context.api(params["workspaceId"]), form);
}

export default function Audit() {
  const { workspaceId, search, page, chain } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Audit"
        description="Who did what, and when. Entries can be added, never changed and never deleted."
        actions={<ExportLinks workspaceId={workspaceId} search={search} />}
      />
      <FormSummary problem={answer?.problem} />
      <ChainPanel chain={chain} verdict={answer?.verdict ?? null} />
      <AuditFilters workspaceId={workspaceId} search={search} items={page.items} />
      <Panel isFlush>
        <AuditTable items={page.items} workspaceId={workspaceId} isFiltered={isSearching(search)} />
        <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="entries" />
      </Panel>
    </div>
  );
}
