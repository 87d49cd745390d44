// One workspace, for the operator.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { AdminKeys } from "~/app/admin/admin-keys";
import { DoneNotice } from "~/app/admin/done-notice";
import { LogList } from "~/app/admin/log-list";
import {
  UnfinishedDeployments,
  WorkspaceAgents,
  WorkspaceFacts,
  WorkspaceMembers,
  WorkspaceSwitches,
} from "~/app/admin/workspace-panels";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { LinkButton } from "~/app/ui/link-button";
import { PageHeader } from "~/app/ui/page-header";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Workspace");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const workspaceId = params["workspaceId"] ?? "";
  const { admin } = context.api();
  const [workspace, log] = await load({ request, context }, () =>
    Promise.all([admin.workspace({ workspaceId }), admin.audit({ workspaceId, limit: 10 })]),
  );
  return { workspace, log };
}

export default function AdminOneWorkspace() {
  const { workspace, log } = useLoaderData<typeof loader>();
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader title={workspace.name} />
      <DoneNotice />
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-2 lg:items-start">
        <WorkspaceFacts workspace={workspace} />
        <WorkspaceSwitches workspace={workspace} />
        <WorkspaceMembers members={workspace.members} />
        <WorkspaceAgents agents={workspace.agents} />
      </div>
      <UnfinishedDeployments unfinished={workspace.unfinished} />
      <Panel title="Keys" isFlush>
        <AdminKeys keys={workspace.keys} />
      </Panel>
      <Panel
        title="Lately, in its own log"
        isFlush
        actions={
          <LinkButton tone="quiet" size="small" to={paths.adminAudit({ workspace: workspace.workspaceId })}>
            All
          </LinkButton>
        }
      >
        <LogList items={log.items} />
      </Panel>
    </div>
  );
}
