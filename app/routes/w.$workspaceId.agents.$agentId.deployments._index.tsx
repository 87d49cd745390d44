// Deployments of an agent.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { useAgent } from "~/app/agents/use-agent";
import { DeploymentsTable } from "~/app/deployments/deployments-table";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";
import { IfMay } from "~/app/workspaces/if-may";

export function meta() {
  return pageTitle("Deployments");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const cursor = new URL(request.url).searchParams.get("cursor");
  const page = await load({ request, context }, () =>
    context.api(at.workspaceId).deployments.list({ agentId: at.agentId, limit: 25, ...(cursor ? { cursor } : {}) }),
  );
  return { at, page };
}

export default function Deployments() {
  const { at, page } = useLoaderData<typeof loader>();
  const { activeVersion } = useAgent().agent;
  return (
    <div className="grid grid-cols-1 gap-3">
      <Panel isFlush>
        <DeploymentsTable items={page.items} live={activeVersion === null ? null : { version: activeVersion }} at={at} />
        <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="deployments" />
      </Panel>
      <IfMay action="deployment.create">
        <p className="px-1 text-[0.8125rem] text-ink-3 max-sm:hidden">
          Drop a zip or a folder anywhere on this page to deploy the next version.
        </p>
      </IfMay>
    </div>
  );
}
