// Alerts: what was raised, and what the workspace is told of.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { AlertSettingsForm } from "~/app/alerts/alert-settings-form";
import { AlertWays } from "~/app/alerts/alert-ways";
import { AlertsList } from "~/app/alerts/alerts-list";
import { formOf } from "~/app/form-of";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load, submit } from "~/app/rpc";
import { Outcome } from "~/app/ui/outcome";
import { PageHeader } from "~/app/ui/page-header";
import { Panel } from "~/app/ui/panel";
import { SettingsTabs } from "~/app/workspaces/settings-tabs";
import { useMay } from "~/app/workspaces/use-may";

export function meta() {
  return pageTitle("Alerts");
}
export const handle: CrumbHandle = {
  crumb: ({ params: { workspaceId = "" } }) => [
    { label: "Settings", to: paths.workspaceSettings(workspaceId) },
    { label: "Alerts", to: paths.alerts(workspaceId) },
  ],
};

export function loader({ request, context, params }: LoaderFunctionArgs) {
  return load({ request, context }, () => context.api(params["workspaceId"]).alerts.read());
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await formOf({ request, context });
  const errorRate = {
    byMail: form.text("errorRateByMail") !== "",
    thresholdPercent: Number(form.text("thresholdPercent") || Number.NaN),
    callsMin: Number(form.text("callsMin") || Number.NaN),
  };
  const deploymentFailed = { byMail: form.text("deploymentFailedByMail") !== "" };
  const telemetryDropped = { byMail: form.text("telemetryDroppedByMail") !== "" };
  const chosen = { errorRate, deploymentFailed, telemetryDropped };
  const api = context.api(params["workspaceId"]);
  return { problem: await submit({ request, context }, () => api.alerts.configure(chosen)) };
}

export default function AlertsPage() {
  const { settings, goesTo, items } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const may = useMay();
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Alerts"
        description="What is wrong is told once when it begins and once when it is over, by letter, in Slack and to webhooks."
      />
      <SettingsTabs />
      <Outcome of={answer}>{answer && !answer.problem ? "Saved. It applies from the next check." : null}</Outcome>
      <Panel title="Raised" description="Active ones first, then the most recently resolved." isFlush>
        <AlertsList items={items} />
      </Panel>
      <Panel title="Where they go" isFlush>
        <AlertWays goesTo={goesTo} maySee={may("integration.read")} maySetUp={may("integration.configure")} />
      </Panel>
      <Panel title="What you are told of" isFlush>
        <AlertSettingsForm settings={settings} problem={answer?.problem} mayChange={may("workspace.configure")} />
      </Panel>
    </div>
  );
}
