// The signing secrets of one API key: for callers that prove themselves by a signature instead of sending the key.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { changeSigning } from "~/app/api-keys/change-signing";
import { hasEnded } from "~/app/api-keys/key-words";
import { NewSecret, SecretList, ShownSecret } from "~/app/api-keys/signing-secrets";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { PageHeader } from "~/app/ui/page-header";
import { Panel } from "~/app/ui/panel";
import { useMay } from "~/app/workspaces/use-may";

export function meta() {
  return pageTitle("Signing secrets");
}
export const handle: CrumbHandle = {
  crumb: ({ params: { workspaceId = "", keyId = "" } }) => [
    { label: "Keys", to: paths.keys(workspaceId) },
    { label: "Signing secrets", to: paths.keySigning(workspaceId, keyId) },
  ],
};

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const keyId = params["keyId"] ?? "";
  const api = context.api(params["workspaceId"]);
  const [item, { items }, agents] = await load({ request, context }, () =>
    Promise.all([api.apiKeys.get({ keyId }), api.signingSecrets.list({ keyId }), api.agents.list({ limit: 1 })]),
  );
  const agentId = item.agents?.[0]?.agentId ?? agents.items[0]?.agentId;
  return { item, secrets: items, agentId, origin: new URL(request.url).origin };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  return changeSigning({ request, context }, context.api(params["workspaceId"]), params["keyId"] ?? "", form);
}

export default function Signing() {
  const { item, secrets, agentId, origin } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const mayManage = useMay()("api_key.manage");
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title={`Signing secrets of ${item.name}`}
        description="A program signs its calls with one instead of sending the key: nothing that could be stolen is on the way, and a call is accepted once."
      />
      {answer?.created ? <ShownSecret secret={answer.created.secret} call={{ keyId: item.keyId, agentId, origin }} /> : null}
      <FormSummary problem={answer?.problem} />
      <Panel
        title="Signing secrets"
        description={
          hasEnded(item) ? "This key has ended: what is signed for it is refused." : "Sealed here; nobody sees them again."
        }
      >
        <SecretList secrets={secrets} mayManage={mayManage} />
      </Panel>
      {mayManage && !hasEnded(item) ? (
        <Panel title="New secret">
          <NewSecret count={secrets.length} />
        </Panel>
      ) : null}
    </div>
  );
}
