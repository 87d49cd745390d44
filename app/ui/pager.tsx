// One page of a longer list: further, and back to where it begins.
import { Link, useSearchParams } from "@remix-run/react";
import { buttonClass } from "./button";

/** `first`: what the list begins with. */
type Props = { nextCursor: string | null; shown: number; noun: string; first?: "newest" | "oldest" };

const wordsOf = {
  newest: { lead: "newest", start: "Newest", next: "Older", further: "further back" },
  oldest: { lead: "first", start: "First", next: "Next", further: "further on" },
};

export function Pager({ nextCursor, shown, noun, first = "newest" }: Props) {
  const words = wordsOf[first];
  const [search] = useSearchParams();
  const isFirst = !search.has("cursor");
  if (!nextCursor && isFirst) return null;
  return (
    <nav
      aria-label={`Pages of ${noun}`}
      className="flex items-center justify-between gap-3 border-line border-t px-4 py-2.5 sm:px-5"
    >
      <p className="text-[0.8125rem] text-ink-3">
        {isFirst ? `The ${words.lead} ${shown} ${noun}` : `${shown} ${noun} ${words.further}`}
      </p>
      <div className="flex gap-2">
        {isFirst ? null : (
          <Link to={withCursor(search, null)} className={buttonClass({ tone: "quiet", size: "small" })}>
            {words.start}
          </Link>
        )}
        {nextCursor ? (
          <Link to={withCursor(search, nextCursor)} className={buttonClass({ size: "small" })}>
            {words.next}
          </Link>
        ) : null}
      </div>
    </nav>
  );
}

function withCursor(search: URLSearchParams, cursor: string | null): string {
  const next = new URLSearchParams(search);
  if (cursor) next.set("cursor", cursor);
  else next.delete("cursor");
  return `?${next}`;
}
