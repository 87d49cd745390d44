// A real table that scrolls sideways by itself on a narrow screen.
import type { ReactNode, TdHTMLAttributes, ThHTMLAttributes } from "react";
import { classNames } from "./class-names";
import { ScrollArea } from "./scroll-area";

type Props = { caption: string; head: ReactNode; children: ReactNode };

export function DataTable({ caption, head, children }: Props) {
  return (
    <ScrollArea label={caption}>
      <table className="w-full border-collapse text-left text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead className="border-line border-b bg-sunken/60">
          <tr>{head}</tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </ScrollArea>
  );
}

/** What a narrow screen says under the first words of a row, where wide ones have a column for it. */
export function NarrowLine({ children }: { children: ReactNode }) {
  return <div className="mt-0.5 flex flex-wrap items-center gap-x-2.5 text-ink-3 text-xs md:hidden">{children}</div>;
}

type CellProps = { isNumber?: boolean; isWideOnly?: boolean };

const cellEdges = "px-3 first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5";

export function HeadCell({ isNumber, isWideOnly, className, ...rest }: CellProps & ThHTMLAttributes<HTMLTableCellElement>) {
  return (
    <th
      scope="col"
      {...rest}
      className={classNames(
        "h-9 whitespace-nowrap font-medium text-ink-3 text-xs",
        cellEdges,
        isNumber && "text-right",
        isWideOnly && "hidden md:table-cell",
        className,
      )}
    />
  );
}

export function Cell({ isNumber, isWideOnly, className, ...rest }: CellProps & TdHTMLAttributes<HTMLTableCellElement>) {
  return (
    <td
      {...rest}
      className={classNames(
        "h-12 align-middle text-ink-2",
        cellEdges,
        isNumber && "tabular whitespace-nowrap text-right",
        isWideOnly && "hidden md:table-cell",
        className,
      )}
    />
  );
}
