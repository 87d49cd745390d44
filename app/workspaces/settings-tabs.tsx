// The parts of a workspace's settings.
import { useParams } from "@remix-run/react";
import { paths } from "~/app/paths";
import { TabLinks } from "~/app/ui/tab-links";
import { useMay } from "./use-may";

export function SettingsTabs() {
  const { workspaceId = "" } = useParams();
  const may = useMay();
  return (
    <TabLinks
      label="Settings"
      tabs={[
        { to: paths.workspaceSettings(workspaceId), label: "Workspace", end: true },
        ...(may("usage.read") ? [{ to: paths.alerts(workspaceId), label: "Alerts" }] : []),
        ...(may("integration.read") ? [{ to: paths.webhooks(workspaceId), label: "Slack and webhooks" }] : []),
      ]}
    />
  );
}
