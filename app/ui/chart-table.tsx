// The numbers behind one chart, for whoever reads rather than looks. Unfolds without JavaScript too.
import { useState } from "react";
import { hourWords } from "./measures";
import { ScrollArea } from "./scroll-area";

type Series = { label: string; values: readonly (number | null)[] };

type Props = {
  caption: string;
  at: readonly Date[];
  series: readonly Series[];
  words: (value: number) => string;
};

/** Where there is JavaScript the rows are made when they are wanted: many charts may be on one page. */
export function ChartTable(numbers: Props) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details className="mt-3 border-line border-t pt-2" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="inline-flex h-7 items-center rounded text-ink-3 text-xs hover:text-ink">
        Show as table<span className="sr-only">: {numbers.caption}</span>
      </summary>
      {isOpen ? (
        <Rows {...numbers} />
      ) : (
        <noscript>
          <Rows {...numbers} />
        </noscript>
      )}
    </details>
  );
}

/** The look stands at the table, not at each cell: a year of days is long enough as it is. */
const tableClass =
  "tabular w-full border-collapse text-right text-ink-2 text-sm [&_:is(td,th)]:h-8 [&_:is(td,th)]:whitespace-nowrap [&_:is(td,th)]:px-3 " +
  "[&_:is(td,th):first-child]:text-left [&_tbody_th]:font-normal [&_tr+tr]:border-line [&_tr+tr]:border-t";

function Rows({ caption, at, series, words }: Props) {
  const rows = at.map((moment, place) => ({ moment, values: series.map(({ values }) => values[place] ?? null) })).reverse();
  return (
    <ScrollArea label={caption} className="mt-2 max-h-64 rounded-md border border-line">
      <table className={tableClass}>
        <caption className="sr-only">{caption}</caption>
        <thead className="border-line border-b bg-sunken/60 text-ink-3 text-xs">
          <tr>
            <th scope="col">When (UTC)</th>
            {series.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ moment, values }) => (
            <tr key={moment.getTime()}>
              <th scope="row">{hourWords(moment)}</th>
              {values.map((value, place) => (
                <td key={series[place]?.label}>{value === null ? "–" : words(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}
