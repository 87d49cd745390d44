// Counts per hour as columns, drawn by the server; one column answers for itself under the pointer, all of them as a table.
import { useState } from "react";
import { Cell, DataTable, HeadCell } from "./data-table";
import { countWords } from "./measures";

export type Column = { at: Date; value: number; bad: number };

type Props = { columns: Column[]; noun: string; badNoun: string };

const heightUnits = 100;

export function ColumnChart({ columns, noun, badNoun }: Props) {
  const [pointed, setPointed] = useState<Column | null>(null);
  const highest = niceCeiling(Math.max(...columns.map((column) => column.value), 1));
  const total = columns.reduce((sum, column) => sum + column.value, 0);
  return (
    <figure>
      <p className="tabular h-5 text-[0.8125rem] text-ink-2" aria-hidden="true">
        {pointed
          ? `${hourWords(pointed.at)}: ${countWords(pointed.value)} ${noun}${pointed.bad > 0 ? `, ${countWords(pointed.bad)} ${badNoun}` : ""}`
          : `${countWords(total)} ${noun} in ${columns.length} hours`}
      </p>
      <div className="mt-3 grid grid-cols-[minmax(0,1fr)_auto] gap-x-2">
        <svg
          role="img"
          aria-label={`${countWords(total)} ${noun} in ${columns.length} hours; the numbers are in the table below.`}
          viewBox={`0 0 ${columns.length * 10} ${heightUnits}`}
          preserveAspectRatio="none"
          className="h-36 w-full overflow-visible"
          onPointerLeave={() => setPointed(null)}
        >
          <Gridlines width={columns.length * 10} />
          {columns.map((column, at) => (
            <ChartColumn key={column.at.getTime()} column={column} x={at * 10} highest={highest} onPoint={setPointed} />
          ))}
        </svg>
        <div className="tabular flex h-36 flex-col justify-between text-2xs text-ink-3" aria-hidden="true">
          <span className="-mt-2">{countWords(highest)}</span>
          <span>{countWords(highest / 2)}</span>
          <span className="-mb-2">0</span>
        </div>
      </div>
      <figcaption className="tabular mt-2 flex justify-between pr-6 text-2xs text-ink-3">
        {[columns[0], columns[Math.floor(columns.length / 2)], columns.at(-1)].map((column) =>
          column ? <span key={column.at.getTime()}>{hourWords(column.at)}</span> : null,
        )}
      </figcaption>
      <AsTable columns={columns} noun={noun} badNoun={badNoun} />
    </figure>
  );
}

function Gridlines({ width }: { width: number }) {
  return [0, heightUnits / 2, heightUnits].map((y) => (
    <line key={y} x1={0} x2={width} y1={y} y2={y} className="stroke-line" strokeWidth={1} vectorEffect="non-scaling-stroke" />
  ));
}

type ColumnProps = { column: Column; x: number; highest: number; onPoint: (column: Column) => void };

function ChartColumn({ column, x, highest, onPoint }: ColumnProps) {
  const whole = (column.value / highest) * heightUnits;
  const bad = (Math.min(column.bad, column.value) / highest) * heightUnits;
  return (
    <g className="group" onPointerEnter={() => onPoint(column)}>
      <rect x={x} y={0} width={10} height={heightUnits} className="fill-transparent group-hover:fill-hover" />
      <rect x={x + 1.5} y={heightUnits - whole} width={7} height={whole - bad} className="fill-accent" />
      <rect x={x + 1.5} y={heightUnits - bad} width={7} height={bad} className="fill-failed" />
    </g>
  );
}

function AsTable({ columns, noun, badNoun }: Props) {
  return (
    <details className="mt-3 border-line border-t pt-2">
      <summary className="inline-flex h-7 items-center rounded text-ink-3 text-xs hover:text-ink">Show as table</summary>
      <div className="mt-2 max-h-64 overflow-y-auto rounded-md border border-line">
        <DataTable
          caption={`${noun} per hour`}
          head={
            <>
              <HeadCell>Hour (UTC)</HeadCell>
              <HeadCell isNumber>{noun}</HeadCell>
              <HeadCell isNumber>{badNoun}</HeadCell>
            </>
          }
        >
          {[...columns].reverse().map((column) => (
            <tr key={column.at.getTime()}>
              <Cell className="h-8">{hourWords(column.at)}</Cell>
              <Cell isNumber className="h-8">
                {countWords(column.value)}
              </Cell>
              <Cell isNumber className="h-8">
                {countWords(column.bad)}
              </Cell>
            </tr>
          ))}
        </DataTable>
      </div>
    </details>
  );
}

/** The next of 1, 2, 5, 10, 20, 50 …, so that the half is a round number too. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 6, 10].find((factor) => factor * power >= value) ?? 10;
  return Math.max(2, step * power);
}

/** `22 Nov 14:00`, UTC so that server and browser agree. */
export function hourWords(at: Date): string {
  const day = at.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  return `${day} ${at.toISOString().slice(11, 16)}`;
}
