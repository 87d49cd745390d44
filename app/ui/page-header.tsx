// The top of a page: its one heading, a sentence, and what can be done.
import type { ReactNode } from "react";

type Props = { title: ReactNode; description?: ReactNode; actions?: ReactNode };

export function PageHeader({ title, description, actions }: Props) {
  return (
    <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 className="font-semibold text-ink text-xl leading-8 tracking-tight sm:text-2xl">{title}</h1>
        {description ? <p className="mt-0.5 max-w-2xl text-ink-2 text-sm leading-6">{description}</p> : null}
      </div>
      {actions ? <div className="flex min-w-0 flex-wrap items-center gap-2">{actions}</div> : null}
    </header>
  );
}
