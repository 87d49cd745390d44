// How one version of an agent differs from another.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { ChangesScreen } from "~/app/deployments/changes-screen";
import { chooseAgainst } from "~/app/deployments/choose-against";
import { loadChanges, loadVersion } from "~/app/deployments/load-version";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";

export function meta() {
  return pageTitle("Changes");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const place = { request, context };
  const at = placeOf(params);
  const api = context.api(at.workspaceId);
  const deploymentId = params["deploymentId"] ?? "";
  const { live, ...version } = await load(place, () => loadVersion(api, { agentId: at.agentId, deploymentId }));
  const { deployment, versions } = version;
  const asked = new URL(request.url).searchParams.get("against")?.slice(0, 40);
  const against = asked || (chooseAgainst(deployment, { live, versions })?.deploymentId ?? null);
  const changes = await loadChanges(place, api, { deploymentId, against });
  return { at, ...version, against, changes };
}

export default function DeploymentChanges() {
  return <ChangesScreen {...useLoaderData<typeof loader>()} />;
}
