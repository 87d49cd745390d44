// Metrics of an agent.
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { placeOf } from "~/app/agents/place-of";
import { pageTitle } from "~/app/page-title";
import { load, unlessForbidden } from "~/app/rpc";
import { FigureStrip } from "~/app/ui/figure-strip";
import { DropsTable } from "~/app/usage/drops-table";
import { SpanBar } from "~/app/usage/span-bar";
import { spanOf } from "~/app/usage/spans";
import { TelemetryNotice } from "~/app/usage/telemetry-notice";
import { UsageCurves } from "~/app/usage/usage-curves";
import { usageFigures } from "~/app/usage/usage-figures";

export function meta() {
  return pageTitle("Metrics");
}

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { workspaceId, agentId } = placeOf(params);
  const span = spanOf(request);
  const { hours, grain } = span;
  return load({ request, context }, async () => {
    const { usage, deployments } = context.api(workspaceId);
    const [series, drops] = await Promise.all([usage.series({ agentId, hours, grain }), usage.drops({ agentId, hours })]);
    const versions = await unlessForbidden(() => deployments.list({ agentId, limit: 25 }));
    return { span, series, drops, marks: marksOf(versions?.items ?? []), place: { workspaceId, agentId } };
  });
}

/** When versions went live. */
function marksOf(versions: readonly { version: number; activatedAt: Date | null }[]) {
  return versions.flatMap(({ version, activatedAt }) => (activatedAt ? [{ at: activatedAt, label: `v${version}` }] : []));
}

export default function Metrics() {
  const { span, series, drops, marks, place } = useLoaderData<typeof loader>();
  return (
    <div className="grid grid-cols-1 gap-4">
      <SpanBar {...place} span={span} />
      <FigureStrip figures={usageFigures(series)} label="The whole span" />
      <TelemetryNotice series={series} />
      <UsageCurves series={series} marks={marks} />
      <DropsTable drops={drops} workspaceId={place.workspaceId} />
    </div>
  );
}
