// Curves of one span that move together, and the same as a table.
import { ChevronRight } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { Button } from "~/app/ui/button";
import { type ChartMark, type Curve, LineChart, type LineChartProps } from "~/app/ui/line-chart";
import { countWords, dollarsWords, hourWords, spanWords } from "~/app/ui/measures";
import { Panel } from "~/app/ui/panel";
import type { UsageHour, UsageSeries } from "~/server/telemetry/usage.contract";
import { type Brush, brushed } from "./brush";
import { UsageTable } from "./usage-table";

type Props = { series: UsageSeries; marks?: ChartMark[] };

export function UsageCurves({ series: whole, marks = noMarks }: Props) {
  const [brush, setBrush] = useState<Brush | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another span begins whole.
  useEffect(() => setBrush(null), [whole.grain, whole.hours.length]);
  const series = useMemo(() => ({ ...whole, hours: brushed(whole.hours, brush) }), [whole, brush]);
  const onBrush = useCallback((fromMs: number, toMs: number) => setBrush({ fromMs, toMs }), []);
  const charts = useMemo(() => chartsOf(series), [series]);
  return (
    <>
      <BrushLine
        series={series}
        isBrushed={series.hours.length < whole.hours.length}
        hasMarks={marks.length > 0}
        onWhole={() => setBrush(null)}
      />
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        {charts.map((chart) => (
          <Panel key={chart.title} title={chart.title}>
            <LineChart {...chart} marks={marks} onBrush={onBrush} />
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

const noMarks: ChartMark[] = [];

type LineProps = { series: UsageSeries; isBrushed: boolean; hasMarks: boolean; onWhole: () => void };

function BrushLine({ series: { hours }, isBrushed, hasMarks, onWhole }: LineProps) {
  const [first, last] = [hours[0], hours.at(-1)];
  return (
    <p role="status" className="tabular flex min-h-8 flex-wrap items-center gap-x-3 px-1 text-ink-3 text-xs">
      {isBrushed && first && last ? (
        <>
          <span>
            {hourWords(first.hour)} to {hourWords(last.hour)} UTC
          </span>
          <Button type="button" tone="quiet" size="small" onClick={onWhole}>
            Show the whole span
          </Button>
        </>
      ) : (
        <span>
          <span>Drag over a chart to look closer. </span>
          {hasMarks ? "Dotted lines: versions that went live." : null}
        </span>
      )}
    </p>
  );
}

type Pick = (hour: UsageHour) => number | null;
type Scale = { words: (value: number) => string; topMin: number; isSpan?: true };

const counts: Scale = { words: countWords, topMin: 4 };
const spans: Scale = { words: spanWords, topMin: 100, isSpan: true };
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
