// The stale-secret map of a workspace: every running version that holds older values, and one act for all of them.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load, submit } from "~/app/rpc";
import { StaleMap } from "~/app/secrets/stale-map";
import { PageHeader } from "~/app/ui/page-header";

export function meta() {
  return pageTitle("Older secrets");
}

export const handle: CrumbHandle = {
  crumb: ({ params }) => ({ label: "Older secrets", to: paths.staleSecrets(params["workspaceId"] ?? "") }),
};

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const workspaceId = params["workspaceId"] ?? "";
  const stale = await load({ request, context }, () => context.api(workspaceId).secrets.stale({}));
  return { workspaceId, stale };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  await formOf({ request, context });
  const api = context.api(params["workspaceId"] ?? "");
  return { problem: await submit({ request, context }, () => api.secrets.applyNow({})) };
}

export default function OlderSecrets() {
  const { workspaceId, stale } = useLoaderData<typeof loader>();
  const problem = useActionData<typeof action>()?.problem;
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Older secrets"
        description="A process holds the values it was started with. Here is what runs with others than those set now; what does not run takes today's at its next start."
      />
      <FormSummary problem={problem} />
      <StaleMap stale={stale} workspaceId={workspaceId} />
    </div>
  );
}
