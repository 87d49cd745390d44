// Usage of the whole workspace.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { formOf } from "~/app/form-of";
import { FormSummary } from "~/app/form-summary";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load, submit } from "~/app/rpc";
import { FigureStrip } from "~/app/ui/figure-strip";
import { Outcome } from "~/app/ui/outcome";
import { PageHeader } from "~/app/ui/page-header";
import { BudgetsPanel } from "~/app/usage/budgets-panel";
import { DropsTable } from "~/app/usage/drops-table";
import { SpanBar } from "~/app/usage/span-bar";
import { spanOf } from "~/app/usage/spans";
import { TelemetryNotice } from "~/app/usage/telemetry-notice";
import { UsageCurves } from "~/app/usage/usage-curves";
import { usageFigures } from "~/app/usage/usage-figures";
import { useMay } from "~/app/workspaces/use-may";

export function meta() {
  return pageTitle("Usage");
}
export const handle: CrumbHandle = { crumb: ({ params }) => ({ label: "Usage", to: paths.usage(params["workspaceId"] ?? "") }) };

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const span = spanOf(request);
  const { hours, grain } = span;
  return load({ request, context }, async () => {
    const api = context.api(params["workspaceId"]);
    const reads = [api.usage.series({ hours, grain }), api.usage.drops({ hours }), api.budgets.read()] as const;
    const [series, drops, budgets] = await Promise.all(reads);
    return { span, series, drops, budgets, workspaceId: params["workspaceId"] ?? "" };
  });
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const atCap = (await formOf({ request, context })).text("atCap") === "block" ? "block" : "notify_and_block";
  const problem = await submit({ request, context }, () => context.api(params["workspaceId"]).budgets.choose({ atCap }));
  return { problem };
}

export default function Usage() {
  const { span, series, drops, budgets, workspaceId } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHeader
        title="Usage"
        description="Requests, tokens and compute as runtimes signed for them; calls and latency as the gateway measured them. Costs are estimates."
      />
      <FormSummary problem={answer?.problem} />
      <Outcome of={answer}>{answer && !answer.problem ? "Saved. It holds from the next share that is reached." : null}</Outcome>
      <BudgetsPanel budgets={budgets} mayChoose={useMay()("billing.configure")} />
      <SpanBar workspaceId={workspaceId} span={span} />
      <FigureStrip figures={usageFigures(series)} label="The whole span" />
      <TelemetryNotice series={series} />
      <UsageCurves series={series} />
      <DropsTable drops={drops} workspaceId={workspaceId} />
    </div>
  );
}
