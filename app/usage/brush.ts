// A part of a span of time, chosen by dragging over one of its charts; all charts and the table show that part.
import type { UsageHour } from "~/server/telemetry/usage.contract";

export type Brush = { fromMs: number; toMs: number };

/** A line needs two ends. */
const stepsMin = 2;

/** The steps that begin in the brush; all of them when it holds too few to draw. */
export function brushed(hours: UsageHour[], brush: Brush | null): UsageHour[] {
  if (!brush) return hours;
  const inside = hours.filter(({ hour }) => hour.getTime() >= brush.fromMs && hour.getTime() <= brush.toMs);
  return inside.length < stepsMin ? hours : inside;
}
