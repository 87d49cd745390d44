// A bordered part of a page with its heading.
import { type ReactNode, useId } from "react";
import { classNames } from "./class-names";

type Props = {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
  /** The body reaches the border, for tables. */
  isFlush?: boolean;
  className?: string | undefined;
};

export function Panel({ title, description, actions, children, isFlush = false, className }: Props) {
  const headingId = useId();
  return (
    <section
      aria-labelledby={title ? headingId : undefined}
      className={classNames("min-w-0 overflow-hidden rounded-lg border border-line bg-surface", className)}
    >
      {title ? (
        <header className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 border-line border-b px-4 py-2.5 sm:px-5">
          <div className={classNames("min-w-0 flex-1", description ? "basis-52" : null)}>
            <h2 id={headingId} className="font-medium text-ink text-sm leading-6">
              {title}
            </h2>
            {description ? <p className="text-[0.8125rem] text-ink-3 leading-5">{description}</p> : null}
          </div>
          {actions}
        </header>
      ) : null}
      <div className={isFlush ? undefined : "p-4 sm:p-5"}>{children}</div>
    </section>
  );
}
