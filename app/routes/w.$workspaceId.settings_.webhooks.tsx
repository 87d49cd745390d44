// Webhooks of the workspace: where events are sent, and which hosts are approved for it.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
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
import { NewWebhook } from "~/app/webhooks/new-webhook";
import { ShownSecret } from "~/app/webhooks/shown-secret";
import { WebhooksList } from "~/app/webhooks/webhooks-list";
import { SettingsTabs } from "~/app/workspaces/settings-tabs";
import { useMay } from "~/app/workspaces/use-may";
import { webhooksMax } from "~/server/webhooks/webhook-words.contract";

export function meta() {
  return pageTitle("Webhooks");
}
export const handle: CrumbHandle = {
  crumb: ({ params: { workspaceId = "" } }) => [
    { label: "Settings", to: paths.workspaceSettings(workspaceId) },
    { label: "Webhooks", to: paths.webhooks(workspaceId) },
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
  const { hosts, items } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const may = useMay();
  const mayMake = may("integration.configure") && hosts.length > 0 && items.length < webhooksMax;
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader title="Webhooks" description="Events of this workspace, signed and sent to receivers of yours over HTTPS." />
      <SettingsTabs />
      {answer?.secret ? <ShownSecret secret={answer.secret} /> : null}
      <Outcome of={answer}>{answer?.done}</Outcome>
      <Panel title="Webhooks" isFlush>
        <WebhooksList items={items} />
      </Panel>
      {mayMake ? (
        <Panel title="New webhook">
          <NewWebhook key={items.length} hosts={hosts.map(({ host }) => host)} answer={answer} />
        </Panel>
      ) : null}
      <ApprovedHosts hosts={hosts} mayApprove={may("workspace.configure")} answer={answer} />
    </div>
  );
}
