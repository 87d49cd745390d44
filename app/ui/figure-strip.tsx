// A few figures side by side, each with its name and what it is measured against.
import type { ReactNode } from "react";
import { classNames } from "./class-names";

export type Figure = { label: string; value: string; note?: ReactNode; isBad?: boolean };

export function FigureStrip({ figures, label }: { figures: Figure[]; label: string }) {
  return (
    <dl
      aria-label={label}
      className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line lg:grid-flow-col lg:auto-cols-fr lg:grid-cols-none"
    >
      {figures.map((figure) => (
        <div key={figure.label} className="flex flex-col bg-surface px-4 py-4 last:odd:col-span-2 sm:px-5 lg:last:odd:col-span-1">
          <dt className="text-[0.8125rem] text-ink-3">{figure.label}</dt>
          <dd
            className={classNames(
              "tabular mt-1 font-semibold text-2xl leading-8 tracking-tight",
              figure.isBad ? "text-failed" : "text-ink",
            )}
          >
            {figure.value}
          </dd>
          <dd className="tabular mt-0.5 min-h-5 text-ink-3 text-xs leading-5">{figure.note}</dd>
        </div>
      ))}
    </dl>
  );
}
