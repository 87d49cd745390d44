// Narrows the failed calls of an agent by what went wrong and by how long ago, and finds one by its trace id.
import { Link } from "@remix-run/react";
import { type AgentPlace, type ErrorsPlace, paths } from "~/app/paths";
import { classNames } from "~/app/ui/class-names";
import { type ErrorSearch, errorClasses, errorWords, lookBacks } from "./error-words";
import { TraceSearch } from "./trace-search";

export function ErrorFilters({ at, search }: { at: AgentPlace; search: ErrorSearch }) {
  const { errorClass, lookBack } = search;
  const chosen: ErrorsPlace = {
    ...(errorClass ? { class: errorClass } : {}),
    ...(lookBack.hours ? { hours: String(lookBack.hours) } : {}),
  };
  const { class: _class, ...anyClass } = chosen;
  const { hours: _hours, ...anyTime } = chosen;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <nav aria-label="Class of error" className="flex flex-wrap gap-1.5">
          <Chip to={paths.errors(at, anyClass)} isChosen={errorClass === null}>
            All
          </Chip>
          {errorClasses.map((name) => (
            <Chip
              key={name}
              to={paths.errors(at, { ...chosen, class: name })}
              isChosen={errorClass === name}
              title={errorWords[name].meaning}
            >
              {errorWords[name].word}
            </Chip>
          ))}
        </nav>
        <nav aria-label="How far back" className="flex flex-wrap gap-1.5">
          {lookBacks.map(({ hours, word }) => (
            <Chip
              key={word}
              to={paths.errors(at, hours === null ? anyTime : { ...chosen, hours: String(hours) })}
              isChosen={lookBack.hours === hours}
            >
              {word}
            </Chip>
          ))}
        </nav>
      </div>
      <TraceSearch at={at} />
    </div>
  );
}

type ChipProps = { to: string; isChosen: boolean; title?: string; children: string };

function Chip({ to, isChosen, title, children }: ChipProps) {
  return (
    <Link
      to={to}
      title={title}
      preventScrollReset
      aria-current={isChosen ? "true" : undefined}
      className={classNames(
        "flex h-7 items-center rounded-full border px-3 text-xs transition-colors",
        isChosen ? "border-ink bg-ink font-medium text-on-ink" : "border-line-strong text-ink-2 hover:text-ink",
      )}
    >
      {children}
    </Link>
  );
}
