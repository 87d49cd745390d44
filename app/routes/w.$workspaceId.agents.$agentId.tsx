// One agent: its header and its tabs.
import type { LoaderFunctionArgs, MetaFunction, SerializeFrom } from "@remix-run/node";
import { Outlet, useLoaderData } from "@remix-run/react";
import { AgentHeader } from "~/app/agents/agent-header";
import { placeOf } from "~/app/agents/place-of";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { StatusScreen } from "~/app/frame/status-screen";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { TabLinks } from "~/app/ui/tab-links";
import { useMay } from "~/app/workspaces/use-may";

export const meta: MetaFunction<typeof loader> = ({ data }) => pageTitle(data?.agent.name);
export const handle: CrumbHandle<SerializeFrom<typeof loader>> = {
  crumb: ({ data, params }) => ({ label: data?.agent.name ?? "Agent", to: paths.agent(placeOf(params)) }),
};

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const agent = await load({ request, context }, () => context.api(at.workspaceId).agents.get({ agentId: at.agentId }));
  return { at, agent, origin: new URL(request.url).origin };
}

export default function Agent() {
  const { at, agent, origin } = useLoaderData<typeof loader>();
  const may = useMay();
  return (
    <div className="grid grid-cols-1 gap-6">
      <AgentHeader agent={agent} at={at} origin={origin} />
      <TabLinks
        label="Agent"
        tabs={[
          { to: paths.agent(at), label: "Playground", end: true },
          ...(may("deployment.read") ? [{ to: paths.deployments(at), label: "Deployments" }] : []),
          { to: paths.metrics(at), label: "Metrics" },
          { to: paths.logs(at), label: "Logs" },
          ...(may("secret.read") ? [{ to: paths.secrets(at), label: "Secrets" }] : []),
          ...(may("agent.configure") ? [{ to: paths.agentSettings(at), label: "Settings" }] : []),
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
