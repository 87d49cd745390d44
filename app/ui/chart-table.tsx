// The numbers behind one chart, for whoever reads rather than looks.
import { useState } from "react";
import { Cell, DataTable, HeadCell } from "./data-table";
import { hourWords } from "./measures";

type Series = { label: string; values: readonly (number | null)[] };

type Props = {
  caption: string;
  at: readonly Date[];
  series: readonly Series[];
  words: (value: number) => string;
  /** Its rows are made when it is opened: for many charts on one page. */
  waits?: boolean;
};

export function ChartTable({ waits = false, ...numbers }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details className="mt-3 border-line border-t pt-2" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="inline-flex h-7 items-center rounded text-ink-3 text-xs hover:text-ink">
        Show as table<span className="sr-only">: {numbers.caption}</span>
      </summary>
      {isOpen || !waits ? (
        <div className="mt-2 max-h-64 overflow-y-auto rounded-md border border-line">
          <Rows {...numbers} />
        </div>
      ) : null}
    </details>
  );
}

function Rows({ caption, at, series, words }: Omit<Props, "waits">) {
  const head = (
    <>
      <HeadCell>When (UTC)</HeadCell>
      {series.map(({ label }) => (
        <HeadCell key={label} isNumber>
          {label}
        </HeadCell>
      ))}
    </>
  );
  const rows = at.map((moment, place) => ({ moment, values: series.map(({ values }) => values[place] ?? null) })).reverse();
  return (
    <DataTable caption={caption} head={head}>
      {rows.map(({ moment, values }) => (
        <tr key={moment.getTime()}>
          <Cell className="tabular h-8 whitespace-nowrap">{hourWords(moment)}</Cell>
          {values.map((value, place) => (
            <Cell key={series[place]?.label} isNumber className="h-8">
              {value === null ? "–" : words(value)}
            </Cell>
          ))}
        </tr>
      ))}
    </DataTable>
  );
}
