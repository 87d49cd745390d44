// Four curves of one span that move together, and the same as a table.
import { useMemo } from "react";
import { LineChart, type LineChartProps } from "~/app/ui/line-chart";
import { countWords, dollarsWords, spanWords } from "~/app/ui/measures";
import { Panel } from "~/app/ui/panel";
import type { UsageHour, UsageSeries } from "~/server/telemetry/usage.contract";
import { UsageTable } from "./usage-table";

export function UsageCurves({ series }: { series: UsageSeries }) {
  const charts = useMemo(() => chartsOf(series.hours), [series]);
  return (
    <>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        {charts.map((chart) => (
          <Panel key={chart.title} title={chart.title}>
            <LineChart {...chart} />
          </Panel>
        ))}
      </div>
      <details className="overflow-hidden rounded-lg border border-line bg-surface">
        <summary className="flex h-11 items-center px-5 text-ink-2 text-sm hover:text-ink">Show the numbers as a table</summary>
        <div className="border-line border-t">
          <UsageTable hours={series.hours} />
        </div>
      </details>
    </>
  );
}

type Scale = Pick<LineChartProps, "words" | "topMin">;

const counts: Scale = { words: countWords, topMin: 4 };
const spans: Scale = { words: spanWords, topMin: 100 };
const dollars: Scale = { words: dollarsWords, topMin: 0.01 };

function chartsOf(hours: UsageHour[]): LineChartProps[] {
  const at = hours.map((hour) => hour.hour);
  const line = (title: string, scale: Scale, pick: (hour: UsageHour) => number): LineChartProps => ({
    title,
    at,
    ...scale,
    syncKey: "usage",
    curves: [{ label: title, values: hours.map(pick), tone: "accent" }],
  });
  const errors = { label: "errors", values: hours.map((hour) => hour.errors), tone: "failed" as const };
  const requests = line("Requests and errors per hour", counts, (hour) => hour.requests);
  return [
    { ...requests, curves: [...requests.curves.map((curve) => ({ ...curve, label: "requests" })), errors] },
    line("Tokens per hour", counts, (hour) => hour.llmTokens),
    line("Compute per hour", spans, (hour) => hour.computeMs),
    line("Cost per hour, estimated", dollars, (hour) => hour.costUsdEstimated),
  ];
}
