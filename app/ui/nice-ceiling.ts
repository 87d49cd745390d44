// Where an axis ends: a round number whose half is round too.

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Twice what a clock counts in. */
const clockSpansMs = [1, 2, 4, 10, 20, 40].map((minutes) => minutes * minuteMs);

/** As `niceCeiling`, of milliseconds: a round number of minutes or hours, and so is its half. */
export function niceSpanCeiling(ms: number): number {
  if (ms <= minuteMs) return niceCeiling(ms);
  return clockSpansMs.find((span) => span >= ms) ?? niceCeiling(ms / hourMs) * hourMs;
}

/** The next of 1, 2, 4, 6, 10, 20, 40 …, and the same below one. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 6, 10].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}
