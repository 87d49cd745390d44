// A span of whole minutes, hours or days, UTC, that ends with the current one.
import { AppError } from "~/server/errors";
import { grainHoursMax, type UsageGrain } from "./usage.contract";

const hourMs = 3_600_000;
const stepMs = { minute: 60_000, hour: hourMs, day: 24 * hourMs } as const satisfies Record<UsageGrain, number>;

export type StepSpan = {
  from: Date;
  /** The end of the current step; does not belong to the span. */
  to: Date;
  grain: UsageGrain;
  /** The start of each step, oldest first. */
  starts: Date[];
};

/** Throws `INVALID_REQUEST` when the span is longer than its grain is kept for. */
export function spanOfSteps(now: Date, asked: { hours: number; grain?: UsageGrain | undefined }): StepSpan {
  const grain = asked.grain ?? (asked.hours > grainHoursMax.hour ? "day" : "hour");
  if (asked.hours > grainHoursMax[grain]) {
    const message = `hours: at most ${grainHoursMax[grain]} by the ${grain}; ask for fewer, or for a longer grain.`;
    throw new AppError("INVALID_REQUEST", message, { details: { issues: [{ path: "hours", message }] } });
  }
  const lengthMs = stepMs[grain];
  const steps = Math.ceil((asked.hours * hourMs) / lengthMs);
  const currentMs = Math.floor(now.getTime() / lengthMs) * lengthMs;
  const starts = Array.from({ length: steps }, (_, place) => new Date(currentMs - (steps - 1 - place) * lengthMs));
  return { from: starts[0] ?? new Date(currentMs), to: new Date(currentMs + lengthMs), grain, starts };
}
