// API keys of the workspace.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { changeKeys } from "~/app/api-keys/change-keys";
import { KeysTable } from "~/app/api-keys/keys-table";
import { NewKeyForm } from "~/app/api-keys/new-key-form";
import { ShownKey } from "~/app/api-keys/shown-key";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { PageHeader } from "~/app/ui/page-header";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";
import { useMay } from "~/app/workspaces/use-may";

export function meta() {
  return pageTitle("Keys");
}
export const handle: CrumbHandle = { crumb: ({ params }) => ({ label: "Keys", to: paths.keys(params["workspaceId"] ?? "") }) };

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const url = new URL(request.url);
  const cursor = url.searchParams.get("cursor");
  const workspaceId = params["workspaceId"] ?? "";
  const api = context.api(workspaceId);
  const [page, agents] = await load({ request, context }, () =>
    Promise.all([api.apiKeys.list({ limit: 50, ...(cursor ? { cursor } : {}) }), api.agents.list({ limit: 100 })]),
  );
  return { workspaceId, page, origin: url.origin, agents: agents.items.map(({ agentId, name }) => ({ agentId, name })) };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  return changeKeys({ request, context }, context.api(params["workspaceId"]), form);
}

export default function Keys() {
  const { workspaceId, page, origin, agents } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const isAboutCreating = answer?.intent === "create";
  const mayManage = useMay()("api_key.manage");
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Keys"
        description="By these, programs act for this workspace. Every call by a key is metered and can be traced back to it."
      />
      {answer?.created ? <ShownKey created={answer.created} origin={origin} anyAgentId={agents[0]?.agentId} /> : null}
      {isAboutCreating ? null : <FormSummary problem={answer?.problem} />}
      <Panel title="Keys" isFlush>
        <KeysTable keys={page.items} workspaceId={workspaceId} mayManage={mayManage} />
        <Pager nextCursor={page.nextCursor} shown={page.items.length} noun="keys" />
      </Panel>
      {mayManage ? (
        <Panel title="New key">
          <NewKeyForm
            key={answer?.created?.keyId ?? ""}
            problem={isAboutCreating ? answer.problem : null}
            name={isAboutCreating && answer.problem ? answer.name : undefined}
            agents={agents}
          />
        </Panel>
      ) : null}
    </div>
  );
}
