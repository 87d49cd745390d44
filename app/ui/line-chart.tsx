// A curve over time; the drawing library is fetched when a chart is on the page, its place is kept until then.
import { lazy, Suspense, startTransition, useEffect, useState } from "react";
import { ChartTable } from "./chart-table";
import { classNames } from "./class-names";
import { dashes } from "./dashes";
import { hourWords } from "./measures";

const Canvas = lazy(() => import("./line-chart-canvas"));

/** Null: there is nothing to say of that moment; the curve goes straight on to the next. */
export type Curve = { label: string; values: (number | null)[]; tone: "accent" | "failed" | "live" | "working" };

export type LineChartProps = {
  title: string;
  at: Date[];
  curves: Curve[];
  words: (value: number) => string;
  /** The axis reaches at least this far, so that next to nothing does not look like a peak. */
  topMin: number;
  /** It counts milliseconds: its axis is divided as a clock is. */
  isSpan?: boolean | undefined;
  syncKey: string;
  /** Moments worth a line of their own, with a word. */
  marks?: ChartMark[] | undefined;
  /** Told of the part that was dragged over. */
  onBrush?: ((fromMs: number, toMs: number) => void) | undefined;
};

export type ChartMark = { at: Date; label: string };

export function LineChart(props: LineChartProps) {
  const { title, at, curves, words } = props;
  const [isInBrowser, setIsInBrowser] = useState(false);
  // As a transition: what suspends in an urgent update beside a hydration ends React's root with an error.
  useEffect(() => startTransition(() => setIsInBrowser(true)), []);
  const place = (
    <div className="grid h-44 place-items-center rounded bg-sunken/60 text-ink-3 text-xs">
      <noscript>The curve is drawn with JavaScript; the table has its numbers.</noscript>
    </div>
  );
  return (
    <figure aria-label={title} className="relative">
      <Legend at={at} curves={curves} words={words} />
      {isInBrowser ? (
        <Suspense fallback={place}>
          <Canvas {...props} />
        </Suspense>
      ) : (
        place
      )}
      <ChartTable caption={title} at={at} series={curves} words={words} />
    </figure>
  );
}

const strokes: Record<Curve["tone"], string> = {
  accent: "stroke-accent",
  failed: "stroke-failed",
  live: "stroke-live",
  working: "stroke-working",
};

/** Which line is which, and how high it went: what a look at the chart would tell. */
function Legend({ at, curves, words }: Pick<LineChartProps, "at" | "curves" | "words">) {
  return (
    <figcaption className="tabular mb-3 flex min-h-5 flex-wrap gap-x-5 gap-y-1 text-ink-2 text-xs leading-5">
      {curves.map((curve, place) => (
        <span key={curve.label} className="inline-flex items-center gap-2">
          {curves.length > 1 ? (
            <>
              <svg aria-hidden="true" viewBox="0 0 20 2" className={classNames("h-0.5 w-5 fill-none", strokes[curve.tone])}>
                <line x1="0" x2="20" y1="1" y2="1" strokeWidth="2" strokeDasharray={dashes[place]?.join(" ")} />
              </svg>
              {curve.label}
            </>
          ) : null}
          <span className="text-ink-3">{peakWords(curve, words, curves.length > 1 ? null : at)}</span>
        </span>
      ))}
    </figcaption>
  );
}

function peakWords({ values }: Curve, words: LineChartProps["words"], at: readonly Date[] | null): string {
  const highest = values.reduce<number | null>((most, value) => (value === null ? most : Math.max(most ?? value, value)), null);
  if (highest === null) return "nothing measured";
  const when = at?.[values.indexOf(highest)];
  return highest === 0 ? "none" : `at most ${words(highest)}${when ? `, ${hourWords(when)} UTC` : ""}`;
}
