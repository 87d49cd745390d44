// Invoices of the workspace.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { InvoicesTable } from "~/app/billing/invoices-table";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Invoices");
}
export const handle: CrumbHandle = {
  crumb: ({ params }) => ({ label: "Invoices", to: paths.invoices(params["workspaceId"] ?? "") }),
};

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const cursor = new URL(request.url).searchParams.get("cursor");
  const workspaceId = params["workspaceId"] ?? "";
  const page = await load({ request, context }, () =>
    context.api(workspaceId).billing.invoices({ limit: 50, ...(cursor ? { cursor } : {}) }),
  );
  return { ...page, workspaceId };
}

export default function Invoices() {
  const page = useLoaderData<typeof loader>();
  return (
    <Panel
      title="Invoices"
      description="The papers themselves lie at Stripe. Records are kept seven years from their date."
      isFlush
    >
      <InvoicesTable records={page.items} workspaceId={page.workspaceId} />
      <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="invoices" />
    </Panel>
  );
}
