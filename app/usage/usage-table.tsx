// The numbers behind the charts: per minute or hour for up to a day, per day for longer.
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { countWords, dayWords, dollarsWords, hourWords, spanWords } from "~/app/ui/measures";
import type { UsageHour, UsageSeries } from "~/server/telemetry/usage.contract";

type Row = Omit<UsageHour, "toolCalls" | "failedCalls">;

const stepsShownSingly = 60;

export function UsageTable({ series: { hours, grain } }: { series: UsageSeries }) {
  const isPerDay = grain === "day" || hours.length > stepsShownSingly;
  const rows = isPerDay ? perDay(hours) : hours.toReversed();
  const unit = isPerDay ? "day" : grain;
  // Percentiles cannot be added up: of several steps the highest is said, which that of the whole day does not exceed.
  const ofSteps = isPerDay && grain !== "day" ? `, highest ${grain}` : "";
  return (
    <DataTable
      caption={`Usage per ${unit}`}
      head={
        <>
          <HeadCell>{`${unit.charAt(0).toUpperCase()}${unit.slice(1)} (UTC)`}</HeadCell>
          <HeadCell isNumber>Requests</HeadCell>
          <HeadCell isNumber>Errors</HeadCell>
          <HeadCell isNumber>{`p50${ofSteps}`}</HeadCell>
          <HeadCell isNumber>{`p95${ofSteps}`}</HeadCell>
          <HeadCell isNumber>{`p99${ofSteps}`}</HeadCell>
          <HeadCell isNumber>Tokens</HeadCell>
          <HeadCell isNumber>Compute</HeadCell>
          <HeadCell isNumber>Cost, estimated</HeadCell>
          <HeadCell isNumber>Reports</HeadCell>
        </>
      }
    >
      {rows.map((row) => (
        <tr key={row.hour.getTime()}>
          <Cell className="tabular h-9 whitespace-nowrap">{isPerDay ? dayWords(row.hour) : hourWords(row.hour)}</Cell>
          <NumberCell>{countWords(row.requests)}</NumberCell>
          <NumberCell>{countWords(row.errors)}</NumberCell>
          <NumberCell>{latencyWords(row.p50Ms)}</NumberCell>
          <NumberCell>{latencyWords(row.p95Ms)}</NumberCell>
          <NumberCell>{latencyWords(row.p99Ms)}</NumberCell>
          <NumberCell>{countWords(row.llmTokens)}</NumberCell>
          <NumberCell>{spanWords(row.computeMs)}</NumberCell>
          <NumberCell>{dollarsWords(row.costUsdEstimated)}</NumberCell>
          <NumberCell>{`${countWords(row.receivedEvents)} of ${countWords(row.expectedEvents)}`}</NumberCell>
        </tr>
      ))}
    </DataTable>
  );
}

function NumberCell({ children }: { children: string }) {
  return (
    <Cell isNumber className="h-9">
      {children}
    </Cell>
  );
}

function latencyWords(ms: number | null): string {
  return ms === null ? "–" : spanWords(ms);
}

/** Newest first; each row begins at the first step of its UTC day that is in the span. */
function perDay(hours: readonly Row[]): Row[] {
  const days = new Map<string, Row>();
  for (const hour of hours) {
    const day = hour.hour.toISOString().slice(0, 10);
    const before = days.get(day);
    days.set(day, before ? added(before, hour) : hour);
  }
  return [...days.values()].reverse();
}

function added(a: Row, b: Row): Row {
  return {
    hour: a.hour,
    requests: a.requests + b.requests,
    llmTokens: a.llmTokens + b.llmTokens,
    computeMs: a.computeMs + b.computeMs,
    errors: a.errors + b.errors,
    costUsdEstimated: a.costUsdEstimated + b.costUsdEstimated,
    expectedEvents: a.expectedEvents + b.expectedEvents,
    receivedEvents: a.receivedEvents + b.receivedEvents,
    p50Ms: highest(a.p50Ms, b.p50Ms),
    p95Ms: highest(a.p95Ms, b.p95Ms),
    p99Ms: highest(a.p99Ms, b.p99Ms),
  };
}

function highest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
