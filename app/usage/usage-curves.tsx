// Curves of one span that move together, and the same as a table.
import { ChevronRight } from "lucide-react";
import { useMemo } from "react";
import { type Curve, LineChart, type LineChartProps } from "~/app/ui/line-chart";
import { countWords, dollarsWords, spanWords } from "~/app/ui/measures";
import { Panel } from "~/app/ui/panel";
import type { UsageHour, UsageSeries } from "~/server/telemetry/usage.contract";
import { UsageTable } from "./usage-table";

export function UsageCurves({ series }: { series: UsageSeries }) {
  const charts = useMemo(() => chartsOf(series), [series]);
  return (
    <>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        {charts.map((chart) => (
          <Panel key={chart.title} title={chart.title}>
            <LineChart {...chart} />
          </Panel>
        ))}
      </div>
      <details className="group overflow-hidden rounded-lg border border-line bg-surface">
        <summary className="flex h-11 items-center gap-2 px-4 text-ink-2 text-sm hover:text-ink sm:px-5">
          <ChevronRight aria-hidden="true" className="size-4 shrink-0 transition-transform group-open:rotate-90" />
          Show the numbers as a table
        </summary>
        <div className="border-line border-t">
          <UsageTable series={series} />
        </div>
      </details>
    </>
  );
}

type Pick = (hour: UsageHour) => number | null;
type Scale = { words: (value: number) => string; topMin: number };

const counts: Scale = { words: countWords, topMin: 4 };
const spans: Scale = { words: spanWords, topMin: 100 };
const dollars: Scale = { words: dollarsWords, topMin: 0.01 };

function chartsOf({ hours, grain }: UsageSeries): LineChartProps[] {
  const at = hours.map((hour) => hour.hour);
  const curve = (label: string, tone: Curve["tone"], pick: Pick): Curve => ({ label, tone, values: hours.map(pick) });
  const chart = (title: string, scale: Scale, curves: Curve[]) => ({ title, at, curves, ...scale, syncKey: "usage" });
  return [
    chart(`Requests and errors per ${grain}`, counts, [
      curve("requests", "accent", (hour) => hour.requests),
      curve("errors", "failed", (hour) => hour.errors),
    ]),
    chart("Latency: half, 95 % and 99 % of the calls within", spans, [
      curve("p50", "live", (hour) => hour.p50Ms),
      curve("p95", "accent", (hour) => hour.p95Ms),
      curve("p99", "working", (hour) => hour.p99Ms),
    ]),
    chart(`Tokens per ${grain}`, counts, [curve("tokens", "accent", (hour) => hour.llmTokens)]),
    chart(`Compute per ${grain}`, spans, [curve("compute", "accent", (hour) => hour.computeMs)]),
    chart(`Cost per ${grain}, estimated`, dollars, [curve("cost", "accent", (hour) => hour.costUsdEstimated)]),
    chart(`Reports expected and received per ${grain}`, counts, [
      curve("expected", "working", (hour) => hour.expectedEvents),
      curve("received", "live", (hour) => hour.receivedEvents),
    ]),
  ];
}
