// One deployment of an agent, followed live.
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { chooseAgainst } from "~/app/deployments/choose-against";
import { DeploymentScreen } from "~/app/deployments/deployment-screen";
import { loadChanges, loadVersion, withoutLines } from "~/app/deployments/load-version";
import { formOf } from "~/app/form-of";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { formAgain, load, submit } from "~/app/rpc";
import type { Caller } from "~/server/router";

export function meta() {
  return pageTitle("Deployment");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const at = placeOf(params);
  const api = context.api(at.workspaceId);
  const deploymentId = params["deploymentId"] ?? "";
  const place = { request, context };
  const { deployment, live, versions } = await load(place, () => loadVersion(api, { agentId: at.agentId, deploymentId }));
  const against = chooseAgainst(deployment, { live, versions })?.deploymentId ?? null;
  const changes = withoutLines(await loadChanges(place, api, { deploymentId, against }));
  return { at, deployment, live, changes };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const at = placeOf(params);
  const api = context.api(at.workspaceId);
  let target = params["deploymentId"] ?? "";
  const problem = await submit({ request, context }, async () => {
    target = await act(api, form.text("intent"), target);
  });
  return problem ? formAgain(problem, {}) : redirect(paths.deployment(at, target));
}

/** The deployment to look at afterwards: a retry is a new one. */
async function act(api: Caller, intent: string, deploymentId: string): Promise<string> {
  if (intent === "cancel") await api.deployments.cancel({ deploymentId });
  else if (intent === "activate") await api.deployments.activate({ deploymentId });
  else if (intent === "retry") return (await api.deployments.retry({ deploymentId })).deploymentId;
  return deploymentId;
}

export default function Deployment() {
  const { deployment, ...page } = useLoaderData<typeof loader>();
  const problem = useActionData<typeof action>()?.problem;
  return <DeploymentScreen key={deployment.deploymentId} loaded={deployment} problem={problem} {...page} />;
}
