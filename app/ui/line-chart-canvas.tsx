// Draws curves with uPlot in the colours of the page; charts with one sync key share pointer and selection.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { brushByTouch } from "./brush-by-touch";
import { dashes } from "./dashes";
import type { LineChartProps } from "./line-chart";
import { niceCeiling, niceSpanCeiling } from "./nice-ceiling";

const heightPx = 176;

export default function LineChartCanvas({ at, curves, words, topMin, isSpan, syncKey, marks, onBrush }: LineChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const draw = () =>
      new uPlot(
        optionsOf(element, { curves, words, topMin, isSpan, syncKey, marks, onBrush }, readout.current),
        dataOf(at, curves),
        element,
      );
    let plot = draw();
    const redraw = () => {
      plot.destroy();
      plot = draw();
    };
    const sizes = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: heightPx }));
    sizes.observe(element);
    const looks = new MutationObserver(redraw);
    looks.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const preference = matchMedia("(prefers-color-scheme: dark)");
    preference.addEventListener("change", redraw);
    return () => {
      sizes.disconnect();
      looks.disconnect();
      preference.removeEventListener("change", redraw);
      plot.destroy();
    };
  }, [at, curves, words, topMin, isSpan, syncKey, marks, onBrush]);
  return (
    <div>
      <p
        ref={readout}
        aria-hidden="true"
        className="tabular absolute inset-x-0 top-0 min-h-5 bg-surface text-ink text-xs leading-5 empty:hidden"
      />
      <div ref={box} aria-hidden="true" className="h-44" />
    </div>
  );
}

function dataOf(at: Date[], curves: LineChartProps["curves"]): uPlot.AlignedData {
  return [at.map((moment) => moment.getTime() / 1_000), ...curves.map((curve) => curve.values)];
}

type Looks = Pick<LineChartProps, "curves" | "words" | "topMin" | "isSpan" | "syncKey" | "marks" | "onBrush">;

function optionsOf(element: HTMLElement, looks: Looks, readout: HTMLElement | null): uPlot.Options {
  const { curves, words, topMin, isSpan = false, syncKey, marks = [], onBrush } = looks;
  const ceiling = isSpan ? niceSpanCeiling : niceCeiling;
  const quiet = { stroke: colourOf(element, "--color-ink-3"), font: "11px Geist Variable, sans-serif", ticks: { show: false } };
  const grid = { stroke: colourOf(element, "--color-line"), width: 1 };
  return {
    width: element.clientWidth,
    height: heightPx,
    legend: { show: false },
    padding: [8, 20, 0, 0],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), "Etc/UTC"),
    cursor: {
      sync: { key: syncKey },
      y: false,
      points: { size: 6 },
      drag: { x: onBrush !== undefined, y: false, setScale: false },
    },
    scales: { y: { range: (_plot, _low, high) => [0, ceiling(Math.max(topMin, high))] } },
    axes: [
      { ...quiet, grid: { show: false }, size: 28, space: 72, values: (_plot, ticks) => ticks.map(momentWords) },
      {
        ...quiet,
        grid,
        size: 56,
        values: (_plot, ticks) => ticks.map(words),
        space: 44,
        ...(isSpan ? { splits: inHalves } : {}),
      },
    ],
    series: [
      {},
      ...curves.map((curve, place) => ({
        label: curve.label,
        dash: [...(dashes[place] ?? [])],
        stroke: colourOf(element, `--color-${curve.tone}`),
        width: 1.5,
        spanGaps: true,
        points: { show: isLonely(curve.values), size: 5 },
      })),
    ],
    hooks: {
      setCursor: [(plot) => tell(plot, { curves, words }, readout)],
      setSelect: [(plot) => brush(plot, onBrush)],
      ready: [(plot) => onBrush && brushByTouch(plot)],
      draw: [(plot) => drawMarks(plot, marks, quiet.stroke)],
    },
  };
}

/** What a clock counts in has no decimal steps between its end and its half. */
function inHalves(_plot: uPlot, _axis: number, _low: number, high: number): number[] {
  return [0, high / 2, high];
}

/** Shorter than this is a click. */
const brushPxMin = 6;

function brush({ select, posToVal }: uPlot, onBrush: Looks["onBrush"]): void {
  if (!onBrush || select.width < brushPxMin) return;
  onBrush(posToVal(select.left, "x") * 1_000, posToVal(select.left + select.width, "x") * 1_000);
}

const labelPx = 28;

function drawMarks(plot: uPlot, marks: NonNullable<Looks["marks"]>, colour: string): void {
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  ctx.font = `${10 * ratio}px "Geist Mono Variable", monospace`;
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  const placed = marks
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, label }) => ({ x: Math.round(plot.valToPos(at.getTime() / 1_000, "x", true)), label }))
    .filter(({ x }) => x >= bbox.left && x <= bbox.left + bbox.width);
  for (const [place, { x, label }] of placed.entries()) {
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    // Of those that stand close together the last one speaks.
    const next = placed[place + 1];
    if (next === undefined || next.x - x > labelPx * ratio) ctx.fillText(label, x + 3 * ratio, bbox.top);
  }
  ctx.restore();
}

function tell(plot: uPlot, { curves, words }: Pick<Looks, "curves" | "words">, readout: HTMLElement | null): void {
  const place = plot.cursor.idx;
  const seconds = place == null ? undefined : plot.data[0][place];
  if (!readout) return;
  if (place == null || seconds === undefined) {
    readout.textContent = "";
    return;
  }
  const moment = new Date(seconds * 1_000).toISOString().slice(5, 16).replace("T", " ");
  const values = curves.map((curve) => `${curves.length > 1 ? `${curve.label} ` : ""}${wordsOf(curve.values[place], words)}`);
  readout.textContent = `${moment}  ${values.join(", ")}`;
}

function wordsOf(value: number | null | undefined, words: Looks["words"]): string {
  return value === null || value === undefined ? "–" : words(value);
}

/** One value alone makes no line. */
function isLonely(values: readonly (number | null)[]): boolean {
  return values.filter((value) => value !== null).length === 1;
}

/** Midnight as its day, everything else as its hour, in UTC like every other chart. */
function momentWords(seconds: number): string {
  const moment = new Date(seconds * 1_000);
  if (moment.getUTCHours() + moment.getUTCMinutes() > 0) return moment.toISOString().slice(11, 16);
  return moment.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}

/** A canvas needs a plain colour: the browser resolves light and dark on a real element. */
function colourOf(element: HTMLElement, token: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${token})`;
  element.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
