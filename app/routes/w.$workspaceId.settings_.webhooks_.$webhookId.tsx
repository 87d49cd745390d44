// One endpoint: how it is doing, what was sent, what it gets, and what signs for it.
import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { Outcome } from "~/app/ui/outcome";
import { PageHeader } from "~/app/ui/page-header";
import { Pager } from "~/app/ui/pager";
import { Panel } from "~/app/ui/panel";
import { changeOneWebhook } from "~/app/webhooks/change-webhooks";
import { DeliveriesTable } from "~/app/webhooks/deliveries-table";
import { ShownSecret } from "~/app/webhooks/shown-secret";
import { WebhookActs } from "~/app/webhooks/webhook-acts";
import { WebhookEvents } from "~/app/webhooks/webhook-events";
import { WebhookSecrets } from "~/app/webhooks/webhook-secrets";
import { WebhookState } from "~/app/webhooks/webhook-state";
import { nameOf } from "~/app/webhooks/webhook-words";
import { useMay } from "~/app/workspaces/use-may";

export function meta() {
  return pageTitle("Webhook");
}
export const handle: CrumbHandle = {
  crumb: ({ params: { workspaceId = "", webhookId = "" } }) => [
    { label: "Settings", to: paths.workspaceSettings(workspaceId) },
    { label: "Slack and webhooks", to: paths.webhooks(workspaceId) },
    { label: "Webhook", to: paths.webhook(workspaceId, webhookId) },
  ],
};

export function loader({ request, context, params }: LoaderFunctionArgs) {
  const of = { endpointId: params["webhookId"] ?? "" };
  const cursor = new URL(request.url).searchParams.get("cursor");
  const { webhooks } = context.api(params["workspaceId"]);
  return load({ request, context }, async () => {
    const reads = [webhooks.get(of), webhooks.deliveries({ ...of, ...(cursor ? { cursor } : {}) })] as const;
    const [item, log] = await Promise.all(reads);
    return { item, log };
  });
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const { workspaceId = "", webhookId = "" } = params;
  const answer = await changeOneWebhook({ request, context }, context.api(workspaceId), webhookId, form);
  if (answer.intent === "remove" && !answer.problem) throw redirect(paths.webhooks(workspaceId));
  return answer;
}

export default function WebhookPage() {
  const { item, log } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const mayChange = useMay()("integration.configure");
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title={item.description || nameOf(item)}
        description={<code className="break-all font-mono text-[0.8125rem]">{item.url}</code>}
        actions={mayChange ? <WebhookActs item={item} /> : null}
      />
      {answer?.secret ? <ShownSecret secret={answer.secret} /> : null}
      <Outcome of={answer}>{answer?.done}</Outcome>
      <FormSummary problem={answer?.problem} />
      <WebhookState item={item} />
      <Panel title="Sent" description="Of the last 30 days, the newest first." isFlush>
        <DeliveriesTable items={log.items} kind={item.kind} mayReplay={mayChange && item.isOn} />
        <Pager nextCursor={log.nextCursor} shown={log.items.length} noun="deliveries" />
      </Panel>
      <WebhookEvents item={item} mayChange={mayChange} answer={answer} />
      {item.kind === "signed" ? <WebhookSecrets secrets={item.secrets} mayChange={mayChange} /> : null}
    </div>
  );
}
