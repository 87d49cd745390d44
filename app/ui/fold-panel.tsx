// A part of a page that is folded until somebody wants it; works without JavaScript.
import { ChevronDown } from "lucide-react";
import { type ReactNode, useId } from "react";

type Props = {
  title: ReactNode;
  /** What is inside, in a few words: said while it is folded too. */
  description?: ReactNode;
  /** Folded or not when the page comes; from then on whoever reads decides. */
  isOpen?: boolean;
  /** For links that lead straight here. */
  id?: string;
  children: ReactNode;
};

export function FoldPanel({ title, description, isOpen = false, id, children }: Props) {
  const headingId = useId();
  return (
    <section
      aria-labelledby={headingId}
      id={id}
      className="min-w-0 scroll-mt-16 overflow-hidden rounded-lg border border-line bg-surface"
    >
      <details className="group" open={isOpen}>
        <summary className="grid min-h-12 cursor-pointer grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-2.5 transition-colors hover:bg-hover/50 focus-visible:-outline-offset-2 sm:px-5">
          <h2 id={headingId} className="font-medium text-ink text-sm leading-6">
            {title}
          </h2>
          <ChevronDown
            aria-hidden="true"
            className="row-span-2 size-4 text-ink-3 transition-transform group-open:rotate-180 motion-reduce:transition-none"
          />
          {description ? <span className="text-[0.8125rem] text-ink-3 leading-5">{description}</span> : null}
        </summary>
        <div className="border-line border-t">{children}</div>
      </details>
    </section>
  );
}
