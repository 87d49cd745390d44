// Settings of the workspace.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, useRouteLoaderData } from "@remix-run/react";
import { formOf } from "~/app/form-of";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import type { loader as workspaceLoader } from "~/app/routes/w.$workspaceId";
import { load } from "~/app/rpc";
import { Outcome } from "~/app/ui/outcome";
import { PageHeader } from "~/app/ui/page-header";
import { AboutWorkspace } from "~/app/workspaces/about-workspace";
import { changeWorkspace } from "~/app/workspaces/change-workspace";
import { LeaveWorkspace } from "~/app/workspaces/leave-workspace";
import { RenameWorkspace } from "~/app/workspaces/rename-workspace";
import { SettingsTabs } from "~/app/workspaces/settings-tabs";
import { TransferWorkspace } from "~/app/workspaces/transfer-workspace";

export function meta() {
  return pageTitle("Settings");
}
export const handle: CrumbHandle = {
  crumb: ({ params }) => ({ label: "Settings", to: paths.workspaceSettings(params["workspaceId"] ?? "") }),
};

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const page = await load({ request, context }, () => context.api(params["workspaceId"]).workspaces.members({ limit: 100 }));
  const others = page.items.filter((member) => !member.isYou);
  // Of more people than one page holds the server alone knows; it refuses the last owner all the same.
  const isOnlyOwner = page.nextCursor === null && others.every((member) => member.role !== "owner");
  return { others, isOnlyOwner, done: new URL(request.url).searchParams.get("done") };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const workspaceId = params["workspaceId"] ?? "";
  return changeWorkspace({ request, context }, { api: context.api(workspaceId), workspaceId, form });
}

const handedOver = "The workspace was handed over. You are an admin of it now; letters went to both of you.";

export default function WorkspaceSettings() {
  const workspace = useRouteLoaderData<typeof workspaceLoader>("routes/w.$workspaceId")?.workspace;
  const { others, isOnlyOwner, done } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  if (!workspace) return null;
  const may = (action: string) => workspace.may.includes(action);
  const problemOf = (intent: string) => (answer?.intent === intent ? answer.problem : null);
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader title="Settings" />
      <SettingsTabs />
      <Outcome of={answer}>{answer ? answer.done : done === "transferred" ? handedOver : null}</Outcome>
      {may("workspace.configure") ? (
        <RenameWorkspace workspace={workspace} problem={problemOf("rename")} typed={answer?.name} />
      ) : null}
      <AboutWorkspace workspace={workspace} />
      {may("workspace.transfer") ? (
        <TransferWorkspace workspace={workspace} others={others} problem={problemOf("transfer")} />
      ) : null}
      <LeaveWorkspace
        workspace={workspace}
        isLastOwner={isOnlyOwner && workspace.role === "owner"}
        problem={problemOf("leave")}
      />
    </div>
  );
}
