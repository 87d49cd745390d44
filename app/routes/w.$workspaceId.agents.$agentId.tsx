// One agent: its header and its tabs.
import type { LoaderFunctionArgs, MetaFunction, SerializeFrom } from "@remix-run/node";
import { Outlet, useLoaderData, useLocation, useNavigate } from "@remix-run/react";
import { AgentHeader } from "~/app/agents/agent-header";
import { placeOf } from "~/app/agents/place-of";
import { DropAnywhere } from "~/app/bundles/drop-anywhere";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { StatusScreen } from "~/app/frame/status-screen";
import { pageTitle } from "~/app/page-title";
import { type AgentPlace, paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { TabLinks } from "~/app/ui/tab-links";
import { useMay } from "~/app/workspaces/use-may";

export const meta: MetaFunction<typeof loader> = ({ data }) => pageTitle(data?.agent.name);
export const handle: CrumbHandle<SerializeFrom<typeof loader>> = {
  crumb: ({ data, params }) => ({ label: data?.agent.name ?? "Agent", to: paths.agent(placeOf(params)) }),
};

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const api = context.api(at.workspaceId);
  const agent = await load({ request, context }, () => api.agents.get({ agentId: at.agentId }));
  const { runtimes } = await load({ request, context }, () => api.runtimes.list());
  return { at, agent, runtimes, origin: new URL(request.url).origin };
}

export default function Agent() {
  const { at, agent, runtimes, origin } = useLoaderData<typeof loader>();
  const may = useMay();
  return (
    <div className="grid grid-cols-1 gap-6">
      <AgentHeader agent={agent} at={at} origin={origin} runtimes={runtimes} />
      <TabLinks
        label="Agent"
        tabs={[
          { to: paths.agent(at), label: "Playground", end: true },
          ...(may("deployment.read") ? [{ to: paths.deployments(at), label: "Deployments" }] : []),
          { to: paths.metrics(at), label: "Metrics" },
          { to: paths.errors(at), label: "Errors" },
          { to: paths.logs(at), label: "Logs" },
          ...(may("conversation.read") ? [{ to: paths.sessions(at), label: "Sessions" }] : []),
          ...(may("secret.read") ? [{ to: paths.secrets(at), label: "Secrets" }] : []),
          ...(may("secret.read") ? [{ to: paths.variables(at), label: "Variables" }] : []),
          ...(may("agent.configure") ? [{ to: paths.agentSettings(at), label: "Settings" }] : []),
        ]}
      />
      <DropNext at={at} />
      <div className="min-w-0">
        <Outlet />
      </div>
    </div>
  );
}

/** The page of a new deployment has a place to drop of its own. */
function DropNext({ at }: { at: AgentPlace }) {
  const navigate = useNavigate();
  const isElsewhere = useLocation().pathname === paths.deploymentNew(at);
  const may = useMay();
  if (isElsewhere || !may("deployment.create")) return null;
  return <DropAnywhere workspaceId={at.workspaceId} onAccepted={(uploadId) => navigate(paths.deploymentNew(at, uploadId))} />;
}

export function ErrorBoundary() {
  return <StatusScreen />;
}
