// Where an axis ends.
import { expect, test } from "vitest";
import { spanWords } from "./measures";
import { niceCeiling, niceSpanCeiling } from "./nice-ceiling";

test("an axis holds its highest value, is at most twice as long, and ends at a round number", () => {
  for (const value of [0.0007, 0.01, 0.3, 1, 2.1, 38, 41, 60, 99, 100, 101, 6_001, 12_345]) {
    const end = niceCeiling(value);
    expect(end, `${value}`).toBeGreaterThanOrEqual(value);
    expect(end / value, `${value}`).toBeLessThanOrEqual(2);
    expect(["1", "2", "4", "6"], `${value}`).toContain(Number(end.toPrecision(6)).toExponential().split("e")[0]);
  }
});

test("an axis of time holds its highest value, and its end and middle are short to say", () => {
  for (const ms of [3, 100, 7_900, 59_000, 61_000, 175_000, 241_000, 1_900_000, 3_034_000, 3_700_000, 9e6, 4e7, 3.7e8]) {
    const end = niceSpanCeiling(ms);
    expect(end, `${ms}`).toBeGreaterThanOrEqual(ms);
    expect(end / ms, `${ms}`).toBeLessThanOrEqual(2.5);
    for (const label of [end, end / 2]) expect(spanWords(label), `${ms}`).toMatch(/^[\d.]{1,3} (ms|s|min|h)$/);
  }
});
