// A span of whole hours, UTC, that ends with the current one.

const hourMs = 3_600_000;

export type HourSpan = {
  from: Date;
  /** The end of the current hour; does not belong to the span. */
  to: Date;
  /** The start of each hour, oldest first. */
  starts: Date[];
};

export function spanOfHours(now: Date, hours: number): HourSpan {
  const currentMs = Math.floor(now.getTime() / hourMs) * hourMs;
  const starts = Array.from({ length: hours }, (_, place) => new Date(currentMs - (hours - 1 - place) * hourMs));
  return { from: starts[0] ?? new Date(currentMs), to: new Date(currentMs + hourMs), starts };
}
