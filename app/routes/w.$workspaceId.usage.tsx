// Usage of the whole workspace.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import type { CrumbHandle } from "~/app/frame/crumbs";
import { pageTitle } from "~/app/page-title";
import { paths } from "~/app/paths";
import { load } from "~/app/rpc";
import { FigureStrip } from "~/app/ui/figure-strip";
import { PageHeader } from "~/app/ui/page-header";
import { SpanChoice } from "~/app/usage/span-choice";
import { spanOf } from "~/app/usage/spans";
import { TelemetryNotice } from "~/app/usage/telemetry-notice";
import { UsageCurves } from "~/app/usage/usage-curves";
import { usageFigures } from "~/app/usage/usage-figures";

export function meta() {
  return pageTitle("Usage");
}
export const handle: CrumbHandle = { crumb: ({ params }) => ({ label: "Usage", to: paths.usage(params["workspaceId"] ?? "") }) };

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const hours = spanOf(request);
  const series = await load({ request, context }, () => context.api(params["workspaceId"]).usage.series({ hours }));
  return { hours, series };
}

export default function Usage() {
  const { hours, series } = useLoaderData<typeof loader>();
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHeader
        title="Usage"
        description="Requests and compute as the gateway measured them; tokens and tool calls as agents signed for them. Costs are estimates."
        actions={<SpanChoice hours={hours} />}
      />
      <FigureStrip figures={usageFigures(series)} label="The whole span" />
      <TelemetryNotice series={series} />
      <UsageCurves series={series} />
    </div>
  );
}
