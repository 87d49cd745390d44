// Reroll of one API key: a successor, and an overlap in which both work.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { rerollKey } from "~/app/api-keys/change-keys";
import { RerollForm } from "~/app/api-keys/reroll-form";
import { ShownKey } from "~/app/api-keys/shown-key";
import { formOf } from "~/app/form-of";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { LinkButton } from "~/app/ui/link-button";
import { PageHeader } from "~/app/ui/page-header";
import { Panel } from "~/app/ui/panel";

export function meta() {
  return pageTitle("Reroll a key");
}
export const handle: CrumbHandle = {
  crumb: ({ params: { workspaceId = "", keyId = "" } }) => [
    { label: "Keys", to: paths.keys(workspaceId) },
    { label: "Reroll", to: paths.keyReroll(workspaceId, keyId) },
  ],
};

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const workspaceId = params["workspaceId"] ?? "";
  const api = context.api(workspaceId);
  const [item, agents] = await load({ request, context }, () =>
    Promise.all([api.apiKeys.get({ keyId: params["keyId"] ?? "" }), api.agents.list({ limit: 1 })]),
  );
  return { workspaceId, item, origin: new URL(request.url).origin, anyAgentId: agents.items[0]?.agentId };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  return rerollKey({ request, context }, context.api(params["workspaceId"]), params["keyId"] ?? "", form);
}

export default function Reroll() {
  const { workspaceId, item, origin, anyAgentId } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader title={`Reroll ${item.name}`} description={`${item.prefix}… gets a successor.`} />
      {answer?.created ? (
        <>
          <ShownKey created={answer.created} origin={origin} anyAgentId={anyAgentId} />
          <div>
            <LinkButton to={paths.keys(workspaceId)}>Back to the keys</LinkButton>
          </div>
        </>
      ) : (
        <Panel title="How it goes">
          <RerollForm item={item} workspaceId={workspaceId} problem={answer?.problem} />
        </Panel>
      )}
    </div>
  );
}
