// Everything inside a workspace: who looks, at which workspace, inside the frame.
import type { LoaderFunctionArgs, SerializeFrom } from "@remix-run/node";
import { Outlet, useLoaderData, useRouteLoaderData } from "@remix-run/react";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { Shell } from "~/app/frame/shell";
import { StatusScreen } from "~/app/frame/status-screen";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";

export const handle: CrumbHandle<SerializeFrom<typeof loader>> = {
  crumb: ({ data, params }) => ({ label: data?.workspace.name ?? "Workspace", to: paths.workspace(params["workspaceId"] ?? "") }),
};

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const api = context.api(params["workspaceId"]);
  const [me, workspace, workspaces] = await load({ request, context }, () =>
    Promise.all([api.accounts.me(), api.workspaces.current({}), api.workspaces.mine()]),
  );
  return { me, workspace, workspaces };
}

export default function Workspace() {
  return (
    <Shell {...useLoaderData<typeof loader>()}>
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
