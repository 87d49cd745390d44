// The signing secrets of one API key: for callers that prove themselves by a signature instead of sending the key.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { changeSigning } from "~/app/api-keys/change-signing";
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
export const handle: CrumbHandle = { crumb: ({ params }) => ({ label: "Keys", to: paths.keys(params["workspaceId"] ?? "") }) };

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const keyId = params["keyId"] ?? "";
  const api = context.api(params["workspaceId"]);
  const [item, { items }] = await load({ request, context }, () =>
    Promise.all([api.apiKeys.get({ keyId }), api.signingSecrets.list({ keyId })]),
  );
  return { item, secrets: items };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  return changeSigning({ request, context }, context.api(params["workspaceId"]), params["keyId"] ?? "", form);
}

export default function Signing() {
  const { item, secrets } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const mayManage = useMay()("api_key.manage");
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title={`Sign calls of ${item.name}`}
        description="A signed call shows that it comes from you without sending anything that could be stolen on its way, and counts once."
      />
      {answer?.created ? <ShownSecret created={answer.created} keyId={item.keyId} /> : null}
      <FormSummary problem={answer?.problem} />
      <Panel title="Signing secrets" description="Sealed here; nobody sees them again.">
        <SecretList secrets={secrets} mayManage={mayManage} />
      </Panel>
      {mayManage ? (
        <Panel title="New secret">
          <NewSecret count={secrets.length} />
        </Panel>
      ) : null}
    </div>
  );
}
