// Where events of the workspace are sent, to Slack and to receivers of its own, and which hosts are approved for it.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, useSearchParams } from "@remix-run/react";
import { formOf } from "~/app/form-of";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { Outcome } from "~/app/ui/outcome";
import { PageHeader } from "~/app/ui/page-header";
import { Panel } from "~/app/ui/panel";
import { ApprovedHosts } from "~/app/webhooks/approved-hosts";
import { changeWebhooks } from "~/app/webhooks/change-webhooks";
import { NewEndpoint } from "~/app/webhooks/new-endpoint";
import { ShownSecret } from "~/app/webhooks/shown-secret";
import { WebhooksList } from "~/app/webhooks/webhooks-list";
import { SettingsTabs } from "~/app/workspaces/settings-tabs";
import { useMay } from "~/app/workspaces/use-may";

export function meta() {
  return pageTitle("Slack and webhooks");
}
export const handle: CrumbHandle = {
  crumb: ({ params: { workspaceId = "" } }) => [
    { label: "Settings", to: paths.workspaceSettings(workspaceId) },
    { label: "Slack and webhooks", to: paths.webhooks(workspaceId) },
  ],
};

export function loader({ request, context, params }: LoaderFunctionArgs) {
  return load({ request, context }, () => context.api(params["workspaceId"]).webhooks.list());
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  return changeWebhooks({ request, context }, context.api(params["workspaceId"]), form);
}

export default function WebhooksPage() {
  const webhooks = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const [search] = useSearchParams();
  const may = useMay();
  const mayApprove = may("workspace.configure");
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Slack and webhooks"
        description="Events of this workspace, sent to channels of Slack and, signed, to receivers of yours."
      />
      <SettingsTabs />
      {answer?.secret ? <ShownSecret secret={answer.secret} /> : null}
      <Outcome of={answer}>{answer?.done}</Outcome>
      <Panel title="Where events go" isFlush>
        <WebhooksList items={webhooks.items} />
      </Panel>
      {may("integration.configure") ? (
        <NewEndpoint webhooks={webhooks} isForSlack={search.get("add") === "slack"} mayApprove={mayApprove} answer={answer} />
      ) : null}
      <ApprovedHosts hosts={webhooks.hosts} mayApprove={mayApprove} answer={answer} />
    </div>
  );
}
