// A curve over time; the drawing library is fetched when a chart is on the page, its place is kept until then.
import { lazy, Suspense, startTransition, useEffect, useState } from "react";

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
};

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
    </figure>
  );
}
