// Everything inside a workspace: who looks, at which workspace, inside the frame.
import { data, type LoaderFunctionArgs, type SerializeFrom } from "@remix-run/node";
import { Outlet, useLoaderData, useRouteLoaderData } from "@remix-run/react";
import { PaymentBanner } from "~/app/billing/payment-banner";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { Shell } from "~/app/frame/shell";
import { StatusScreen } from "~/app/frame/status-screen";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { lastWorkspaceCookie, lastWorkspaceOf } from "~/app/workspaces/last-workspace";

export const handle: CrumbHandle<SerializeFrom<typeof loader>> = {
  crumb: ({ data, params }) => ({ label: data?.workspace.name ?? "Workspace", to: paths.workspace(params["workspaceId"] ?? "") }),
};

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const api = context.api(params["workspaceId"]);
  const [me, workspace, workspaces] = await load({ request, context }, () =>
    Promise.all([api.accounts.me(), api.workspaces.current({}), api.workspaces.mine()]),
  );
  const facts = { me, workspace, workspaces };
  if (lastWorkspaceOf(request) === workspace.workspaceId) return data(facts);
  return data(facts, { headers: { "set-cookie": lastWorkspaceCookie(request, workspace.workspaceId) } });
}

export default function Workspace() {
  const facts = useLoaderData<typeof loader>();
  const { graceEndsAt } = facts.workspace;
  return (
    <Shell {...facts}>
      {graceEndsAt ? <PaymentBanner workspace={facts.workspace} graceEndsAt={graceEndsAt} /> : null}
      <Outlet />
    </Shell>
  );
}

/** The frame stays when only the page inside it failed. */
export function ErrorBoundary() {
  const facts = useRouteLoaderData<typeof loader>("routes/w.$workspaceId");
  if (!facts) return <StatusScreen isWholePage />;
  return (
    <Shell {...facts}>
      <StatusScreen />
    </Shell>
  );
}
