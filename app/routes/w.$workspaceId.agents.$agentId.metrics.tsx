// Metrics of an agent.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { pageTitle } from "~/app/page-title";
import { load } from "~/app/rpc";
import { FigureStrip } from "~/app/ui/figure-strip";
import { SpanChoice } from "~/app/usage/span-choice";
import { spanOf } from "~/app/usage/spans";
import { TelemetryNotice } from "~/app/usage/telemetry-notice";
import { UsageCurves } from "~/app/usage/usage-curves";
import { usageFigures } from "~/app/usage/usage-figures";

export function meta() {
  return pageTitle("Metrics");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { workspaceId, agentId } = placeOf(params);
  const hours = spanOf(request);
  const series = await load({ request, context }, () => context.api(workspaceId).usage.series({ agentId, hours }));
  return { hours, series };
}

export default function Metrics() {
  const { hours, series } = useLoaderData<typeof loader>();
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex justify-end">
        <SpanChoice hours={hours} />
      </div>
      <FigureStrip figures={usageFigures(series)} label="The whole span" />
      <TelemetryNotice series={series} />
      <UsageCurves series={series} />
    </div>
  );
}
