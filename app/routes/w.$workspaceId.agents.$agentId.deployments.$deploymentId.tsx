// One deployment of an agent, followed live.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { changeDeployment } from "~/app/deployments/change-deployment";
import { chooseAgainst } from "~/app/deployments/choose-against";
import { DeploymentScreen } from "~/app/deployments/deployment-screen";
import { findAlteration } from "~/app/deployments/find-alteration";
import { loadChanges, loadVersion, withoutLines } from "~/app/deployments/load-version";
import { formOf } from "~/app/form-of";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";

export function meta() {
  return pageTitle("Deployment");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const api = context.api(at.workspaceId);
  const deploymentId = params["deploymentId"] ?? "";
  const place = { request, context };
  const { deployment, live, versions } = await load(place, () => loadVersion(api, { agentId: at.agentId, deploymentId }));
  const alteration = await load(place, () => findAlteration(api, deploymentId));
  const against = chooseAgainst(deployment, { live, versions })?.deploymentId ?? null;
  const changes = withoutLines(await loadChanges(place, api, { deploymentId, against }));
  return { at, deployment, live, changes, alteration };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const at = placeOf(params);
  const deploymentId = params["deploymentId"] ?? "";
  return changeDeployment({ request, context }, { api: context.api(at.workspaceId), at, deploymentId, form });
}

export default function Deployment() {
  const { deployment, ...page } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <DeploymentScreen
      key={deployment.deploymentId}
      loaded={deployment}
      problem={answer?.problem}
      rotated={answer?.rotated ?? null}
      intent={answer?.intent}
      {...page}
    />
  );
}
