// Billing of the workspace: its two pages under one heading.
import { Outlet, useParams } from "@remix-run/react";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { paths } from "~/app/paths";
import { PageHeader } from "~/app/ui/page-header";
import { TabLinks } from "~/app/ui/tab-links";

export const handle: CrumbHandle = {
  crumb: ({ params }) => ({ label: "Billing", to: paths.billing(params["workspaceId"] ?? "") }),
};

export default function Billing() {
  const { workspaceId = "" } = useParams();
  const tabs = [
    { to: paths.billing(workspaceId), label: "Plan and usage", end: true },
    { to: paths.invoices(workspaceId), label: "Invoices" },
  ];
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader title="Billing" description="What this workspace may use, what it used, and what another plan would change." />
      <TabLinks label="Billing" tabs={tabs} />
      <Outlet />
    </div>
  );
}
