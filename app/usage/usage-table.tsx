// The numbers behind the charts: per minute or hour for up to a day, per day for longer.
import { hourWords } from "~/app/ui/column-chart";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { countWords, dayWords, dollarsWords, spanWords } from "~/app/ui/measures";
import type { UsageHour, UsageSeries } from "~/server/telemetry/usage.contract";

type Row = Pick<UsageHour, "hour" | "requests" | "errors" | "llmTokens" | "computeMs" | "costUsdEstimated">;

const stepsShownSingly = 60;

export function UsageTable({ series: { hours, grain } }: { series: UsageSeries }) {
  const isPerDay = grain === "day" || hours.length > stepsShownSingly;
  const rows = isPerDay ? perDay(hours) : hours.toReversed();
  const unit = isPerDay ? "day" : grain;
  return (
    <DataTable
      caption={`Usage per ${unit}`}
      head={
        <>
          <HeadCell>{`${unit.charAt(0).toUpperCase()}${unit.slice(1)} (UTC)`}</HeadCell>
          <HeadCell isNumber>Requests</HeadCell>
          <HeadCell isNumber>Errors</HeadCell>
          <HeadCell isNumber>Tokens</HeadCell>
          <HeadCell isNumber>Compute</HeadCell>
          <HeadCell isNumber>Cost, estimated</HeadCell>
        </>
      }
    >
      {rows.map((row) => (
        <tr key={row.hour.getTime()}>
          <Cell className="tabular h-9 whitespace-nowrap">{isPerDay ? dayWords(row.hour) : hourWords(row.hour)}</Cell>
          <Cell isNumber className="h-9">
            {countWords(row.requests)}
          </Cell>
          <Cell isNumber className="h-9">
            {countWords(row.errors)}
          </Cell>
          <Cell isNumber className="h-9">
            {countWords(row.llmTokens)}
          </Cell>
          <Cell isNumber className="h-9">
            {spanWords(row.computeMs)}
          </Cell>
          <Cell isNumber className="h-9">
            {dollarsWords(row.costUsdEstimated)}
          </Cell>
        </tr>
      ))}
    </DataTable>
  );
}

/** Newest first; each row begins at the first step of its UTC day that is in the span. */
export function perDay(hours: readonly Row[]): Row[] {
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
  };
}
