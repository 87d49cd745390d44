// Facts in two columns: what, and how it is.
import type { ReactNode } from "react";

export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <dl className="grid grid-cols-1 gap-x-8 gap-y-2.5 text-sm sm:grid-cols-2 lg:grid-cols-3">
      {facts.map(([name, value]) => (
        <div key={name} className="flex min-w-0 items-baseline gap-3">
          <dt className="w-24 shrink-0 text-[0.8125rem] text-ink-3">{name}</dt>
          <dd className="tabular min-w-0 break-words text-ink-2">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
