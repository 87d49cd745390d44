// One workspace, for the operator.
import { type ActionFunctionArgs, data, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { AdminKeys } from "~/app/admin/admin-keys";
import { DataKeyPanel } from "~/app/admin/data-key-panel";
import { DoneNotice } from "~/app/admin/done-notice";
import { LogList } from "~/app/admin/log-list";
import {
  UnfinishedDeployments,
  WorkspaceAgents,
  WorkspaceFacts,
  WorkspaceMembers,
  WorkspaceSwitches,
} from "~/app/admin/workspace-panels";
import { formOf } from "~/app/form-of";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load, submit } from "~/app/rpc";
import { LinkButton } from "~/app/ui/link-button";
import { Outcome } from "~/app/ui/outcome";
import { PageHeader } from "~/app/ui/page-header";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Workspace");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const workspaceId = params["workspaceId"] ?? "";
  const { admin, rotation } = context.api();
  const [workspace, log, dataKey] = await load({ request, context }, () =>
    Promise.all([admin.workspace({ workspaceId }), admin.audit({ workspaceId, limit: 10 }), rotation.dataKey({ workspaceId })]),
  );
  return { workspace, log, dataKey };
}

/** The one act of this page is the data key's; every other has a page of its own. */
export async function action({ request, context, params }: ActionFunctionArgs) {
  await formOf({ request, context });
  const workspaceId = params["workspaceId"] ?? "";
  const problem = await submit({ request, context }, () => context.api().rotation.rotateDataKey({ workspaceId }));
  return data({ problem }, { status: problem ? 400 : 200 });
}

export default function AdminOneWorkspace() {
  const { workspace, log, dataKey } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader title={workspace.name} />
      <DoneNotice />
      <Outcome of={answer}>
        {answer && !answer.problem
          ? "The data key is replaced. Its values are being sealed anew; below is how far that is."
          : null}
      </Outcome>
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-2 lg:items-start">
        <WorkspaceFacts workspace={workspace} />
        <WorkspaceSwitches workspace={workspace} />
        <WorkspaceMembers members={workspace.members} />
        <WorkspaceAgents agents={workspace.agents} />
      </div>
      <DataKeyPanel dataKey={dataKey} problem={answer?.problem ?? null} />
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
