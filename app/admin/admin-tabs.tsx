// The parts of the operator's console.
import { paths } from "~/app/paths";
import { TabLinks } from "~/app/ui/tab-links";

export function AdminTabs() {
  return (
    <TabLinks
      label="Platform"
      tabs={[
        { to: paths.admin(), label: "Platform", end: true },
        { to: paths.adminUsers(), label: "People" },
        { to: paths.adminWorkspaces(), label: "Workspaces" },
        { to: paths.adminRuntimes(), label: "Runtimes" },
        { to: paths.adminSweeps(), label: "Sweeps" },
        { to: paths.adminKeys(), label: "Keys" },
        { to: paths.adminAudit(), label: "Log" },
        { to: paths.outbox(), label: "Outbox" },
      ]}
    />
  );
}
