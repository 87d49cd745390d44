// A moment as people say it, exact on hover, kept true while the page is open.
import { useEffect, useState } from "react";
import { agoWords, exactWords } from "./measures";

export function Moment({ at, className }: { at: Date; className?: string }) {
  const now = useNow(30_000);
  return (
    <time
      dateTime={at.toISOString()}
      title={exactWords(at)}
      suppressHydrationWarning
      className={className ?? "tabular whitespace-nowrap"}
    >
      {agoWords(at, now)}
    </time>
  );
}

/** The present, renewed every so often; pass null to let it stand still. */
export function useNow(everyMs: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
