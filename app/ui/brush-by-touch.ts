// Lets a finger choose a part of a chart, as the mouse does: sideways chooses, up and down still scrolls the page.
import type uPlot from "uplot";

/** For as long as the plot lives: its listeners go with its element. */
export function brushByTouch(plot: uPlot): void {
  const { over } = plot;
  // The browser keeps the vertical drags for itself and cancels ours when it takes one.
  over.style.touchAction = "pan-y";
  let from: number | null = null;
  const placeOf = (event: PointerEvent) =>
    Math.min(over.clientWidth, Math.max(0, event.clientX - over.getBoundingClientRect().left));
  const show = (event: PointerEvent, tells: boolean) => {
    const to = placeOf(event);
    plot.setCursor({ left: to, top: 0 });
    if (from === null) return;
    plot.setSelect({ left: Math.min(from, to), width: Math.abs(to - from), top: 0, height: over.clientHeight }, tells);
  };
  const clear = () => {
    from = null;
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  };
  over.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" || !event.isPrimary) return;
    from = placeOf(event);
    over.setPointerCapture(event.pointerId);
  });
  over.addEventListener("pointermove", (event) => {
    if (from !== null && event.isPrimary) show(event, false);
  });
  over.addEventListener("pointerup", (event) => {
    if (from === null || !event.isPrimary) return;
    show(event, true);
    clear();
  });
  over.addEventListener("pointercancel", clear);
}
