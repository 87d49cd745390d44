// The code of one version, file by file.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { CodeScreen } from "~/app/deployments/code-screen";
import { pageTitle } from "~/app/page-title";
import { load, submit } from "~/app/rpc";
import type { DeploymentFile } from "~/server/deployments/compare.contract";

export function meta() {
  return pageTitle("Code");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const place = { request, context };
  const at = placeOf(params);
  const api = context.api(at.workspaceId);
  const deploymentId = params["deploymentId"] ?? "";
  // One after the other: of two refusals at once either could be the answer.
  const files = await load(place, () => api.deployments.files({ deploymentId }));
  const deployment = await load(place, () => api.deployments.get({ deploymentId }));
  const asked = new URL(request.url).searchParams.get("file");
  const path = asked?.slice(0, 1_024) ?? files.items.find((item) => item.path === files.entrypoint)?.path;
  let file: DeploymentFile | null = null;
  const problem = await submit(place, async () => {
    if (path !== undefined) file = await api.deployments.file({ deploymentId, path });
  });
  return { at, deployment, files, file, problem };
}

export default function DeploymentCode() {
  return <CodeScreen {...useLoaderData<typeof loader>()} />;
}
