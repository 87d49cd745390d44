// Which span of time: a row of links.
import { Link } from "@remix-run/react";
import { classNames } from "~/app/ui/class-names";
import { spans } from "./spans";

export function SpanChoice({ hours }: { hours: number }) {
  return (
    <nav aria-label="Span of time" className="flex max-w-full overflow-x-auto rounded-md border border-line bg-sunken p-0.5">
      {spans.map((span) => (
        <Link
          key={span.hours}
          to={`?hours=${span.hours}`}
          preventScrollReset
          aria-current={span.hours === hours ? "true" : undefined}
          className={classNames(
            "relative flex h-7 shrink-0 items-center whitespace-nowrap rounded px-2.5 text-xs transition-colors",
            span.hours === hours ? "bg-surface font-medium text-ink shadow-raised ring-1 ring-line" : "text-ink-2 hover:text-ink",
          )}
        >
          <span className="max-sm:sr-only">{span.label}</span>
          <span aria-hidden="true" className="sm:hidden">
            {span.short}
          </span>
        </Link>
      ))}
    </nav>
  );
}
