// Members: the people, what each role means, and who reaches which connected system.
import { Outlet, useParams } from "@remix-run/react";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { StatusScreen } from "~/app/frame/status-screen";
import { paths } from "~/app/paths";
import { PageHeader } from "~/app/ui/page-header";
import { TabLinks } from "~/app/ui/tab-links";
import { useMay } from "~/app/workspaces/use-may";

export const handle: CrumbHandle = {
  crumb: ({ params }) => ({ label: "Members", to: paths.members(params["workspaceId"] ?? "") }),
};

export default function MembersFrame() {
  const workspaceId = useParams()["workspaceId"] ?? "";
  const may = useMay();
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader title="Members" description="The role decides what a person may do here; it is asked at every act." />
      <TabLinks
        label="Members"
        tabs={[
          { to: paths.members(workspaceId), label: "People", end: true },
          { to: paths.memberRoles(workspaceId), label: "Roles" },
          ...(may("grant.manage") ? [{ to: paths.memberSystems(workspaceId), label: "Connected systems" }] : []),
        ]}
      />
      <div className="min-w-0">
        <Outlet />
      </div>
    </div>
  );
}

export function ErrorBoundary() {
  return <StatusScreen />;
}
