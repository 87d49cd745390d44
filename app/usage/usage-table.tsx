// The numbers behind the charts: per hour for a day, per day for longer.

import { hourWords } from "~/app/ui/column-chart";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { countWords, dayWords, dollarsWords, spanWords } from "~/app/ui/measures";
import type { UsageHour } from "~/server/telemetry/usage.contract";

const hoursShownSingly = 24;

export function UsageTable({ hours }: { hours: UsageHour[] }) {
  const isHourly = hours.length <= hoursShownSingly;
  const rows = isHourly ? [...hours].reverse() : perDay(hours);
  return (
    <DataTable
      caption={isHourly ? "Usage per hour" : "Usage per day"}
      head={
        <>
          <HeadCell>{isHourly ? "Hour (UTC)" : "Day (UTC)"}</HeadCell>
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
          <Cell className="tabular h-9 whitespace-nowrap">{isHourly ? hourWords(row.hour) : dayWords(row.hour)}</Cell>
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

/** Newest first; each row begins at the first hour of its UTC day that is in the span. */
export function perDay(hours: UsageHour[]): UsageHour[] {
  const days = new Map<string, UsageHour>();
  for (const hour of hours) {
    const day = hour.hour.toISOString().slice(0, 10);
    const before = days.get(day);
    days.set(day, before ? added(before, hour) : hour);
  }
  return [...days.values()].reverse();
}

function added(a: UsageHour, b: UsageHour): UsageHour {
  return {
    hour: a.hour,
    requests: a.requests + b.requests,
    llmTokens: a.llmTokens + b.llmTokens,
    computeMs: a.computeMs + b.computeMs,
    toolCalls: a.toolCalls + b.toolCalls,
    errors: a.errors + b.errors,
    costUsdEstimated: a.costUsdEstimated + b.costUsdEstimated,
  };
}
