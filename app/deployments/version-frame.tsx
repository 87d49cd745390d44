// The top of the pages of one version: which it is, how it is, what may be done, and its three pages.
import type { ReactNode } from "react";
import { type AgentPlace, paths } from "~/app/paths";
import { TabLinks } from "~/app/ui/tab-links";
import { useMay } from "~/app/workspaces/use-may";
import type { DeploymentItem } from "~/server/deployments/deployments.contract";
import { DeploymentState } from "./deployment-state";

type Props = {
  deployment: Pick<DeploymentItem, "deploymentId" | "version" | "status" | "cancelRequested">;
  at: AgentPlace;
  acts?: ReactNode;
  children: ReactNode;
};

export function VersionFrame({ deployment, at, acts, children }: Props) {
  const id = deployment.deploymentId;
  const may = useMay();
  return (
    <div className="grid grid-cols-1 gap-6">
      <div className="flex min-h-9 flex-wrap items-center justify-between gap-3">
        <div className="flex items-center gap-3">
          <h2 className="font-semibold text-lg tracking-tight">Version {deployment.version}</h2>
          <DeploymentState deployment={deployment} />
        </div>
        {acts}
      </div>
      <TabLinks
        label={`Version ${deployment.version}`}
        tabs={[
          { to: paths.deployment(at, id), label: "Stages", end: true },
          { to: paths.deploymentChanges(at, id), label: "Changes" },
          ...(may("bundle.read") ? [{ to: paths.deploymentCode(at, id), label: "Code" }] : []),
        ]}
      />
      {children}
    </div>
  );
}
