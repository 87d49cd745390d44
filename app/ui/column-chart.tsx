// Counts per hour as columns, drawn by the server; one column answers for itself under the pointer, all of them as a table.
import { useState } from "react";
import { ChartTable } from "./chart-table";
import { countOf, countWords, hourWords } from "./measures";
import { niceCeiling } from "./nice-ceiling";

export type Column = { at: Date; value: number; bad: number };

/** Both nouns in the plural: `requests`. */
type Props = { columns: Column[]; noun: string; badNoun: string };

const heightUnits = 100;

export function ColumnChart({ columns, noun, badNoun }: Props) {
  const [pointed, setPointed] = useState<Column | null>(null);
  const highest = niceCeiling(Math.max(...columns.map((column) => column.value), 2));
  const total = columns.reduce((sum, column) => sum + column.value, 0);
  return (
    <figure>
      <p className="tabular h-5 text-[0.8125rem] text-ink-2" aria-hidden="true">
        {pointed
          ? `${hourWords(pointed.at)}: ${counted(pointed.value, noun)}${pointed.bad > 0 ? `, ${counted(pointed.bad, badNoun)}` : ""}`
          : `${counted(total, noun)} in ${columns.length} hours`}
      </p>
      <div className="mt-3 grid grid-cols-[minmax(0,1fr)_auto] gap-x-2">
        <svg
          role="img"
          aria-label={`${counted(total, noun)} in ${columns.length} hours; the numbers are in the table below.`}
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
      <ChartTable
        caption={`${noun} per hour`}
        at={columns.map((column) => column.at)}
        series={[
          { label: noun, values: columns.map((column) => column.value) },
          { label: badNoun, values: columns.map((column) => column.bad) },
        ]}
        words={countWords}
      />
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

function counted(count: number, noun: string): string {
  return countOf(count, noun.replace(/s$/, ""), noun);
}
