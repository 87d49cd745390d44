// A curve over time; the drawing library is fetched when a chart is on the page, its place is kept until then.
import { lazy, Suspense, startTransition, useEffect, useState } from "react";
import { classNames } from "./class-names";
import { dashes } from "./dashes";

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
  syncKey: string;
  /** Moments worth a line of their own, with a word. */
  marks?: ChartMark[] | undefined;
  /** Told of the part that was dragged over. */
  onBrush?: ((fromMs: number, toMs: number) => void) | undefined;
};

export type ChartMark = { at: Date; label: string };

export function LineChart(props: LineChartProps) {
  const [isInBrowser, setIsInBrowser] = useState(false);
  // As a transition: what suspends in an urgent update beside a hydration ends React's root with an error.
  useEffect(() => startTransition(() => setIsInBrowser(true)), []);
  const place = <div className="mt-5 h-44 rounded bg-sunken/60" />;
  return (
    <figure aria-label={`${props.title}; the numbers are in the table below`}>
      {isInBrowser ? (
        <Suspense fallback={place}>
          <Canvas {...props} />
        </Suspense>
      ) : (
        place
      )}
      {props.curves.length > 1 ? <Legend curves={props.curves} /> : null}
    </figure>
  );
}

const strokes: Record<Curve["tone"], string> = {
  accent: "stroke-accent",
  failed: "stroke-failed",
  live: "stroke-live",
  working: "stroke-working",
};

function Legend({ curves }: { curves: Curve[] }) {
  return (
    <figcaption className="mt-2 flex flex-wrap gap-x-5 gap-y-1 text-ink-2 text-xs">
      {curves.map(({ label, tone }, at) => (
        <span key={label} className="inline-flex items-center gap-2">
          <svg aria-hidden="true" viewBox="0 0 20 2" className={classNames("h-0.5 w-5 fill-none", strokes[tone])}>
            <line x1="0" x2="20" y1="1" y2="1" strokeWidth="2" strokeDasharray={dashes[at]?.join(" ")} />
          </svg>
          {label}
        </span>
      ))}
    </figcaption>
  );
}
