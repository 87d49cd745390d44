// Playground: talk to the agent.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useRouteLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { useAgent } from "~/app/agents/use-agent";
import { isCallable } from "~/app/deployments/deployment-words";
import { Playground } from "~/app/playground/playground";
import type { loader as rootLoader } from "~/app/root";
import { load, unlessForbidden } from "~/app/rpc";
import { NotYourRole } from "~/app/workspaces/not-your-role";
import { useMay } from "~/app/workspaces/use-may";

const versionsMax = 25;

/** The versions that could be tried, for whoever sees versions at all. */
export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { workspaceId, agentId } = placeOf(params);
  const { deployments } = context.api(workspaceId);
  const list = () => unlessForbidden(() => deployments.list({ agentId, limit: versionsMax }));
  const page = await load({ request, context }, list);
  const versions = page?.items.filter(isCallable) ?? [];
  const wanted = new URL(request.url).searchParams.get("version");
  return { versions, chosen: versions.find((version) => version.deploymentId === wanted) ?? null };
}

export default function PlaygroundPage() {
  const { agent, at } = useAgent();
  const { versions, chosen } = useLoaderData<typeof loader>();
  const origin = useRouteLoaderData<typeof rootLoader>("root")?.origin ?? "";
  const may = useMay();
  if (!may("agent.invoke")) {
    return <NotYourRole title="You may look at this agent, not talk to it">Its metrics are yours to see.</NotYourRole>;
  }
  const mayChoose = may("deployment.create");
  const which = mayChoose ? { versions, chosen } : { versions: [], chosen: null };
  return <Playground key={which.chosen?.deploymentId ?? at.agentId} agent={agent} at={at} origin={origin} {...which} />;
}
