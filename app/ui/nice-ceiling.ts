// Where an axis ends: a round number whose half is round too.

/** The next of 1, 2, 4, 6, 10, 20, 40 …, and the same below one. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 6, 10].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}
