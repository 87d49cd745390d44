// Where an axis ends.
import { expect, test } from "vitest";
import { niceCeiling } from "./nice-ceiling";

test("an axis holds its highest value, is at most twice as long, and ends at a round number", () => {
  for (const value of [0.0007, 0.01, 0.3, 1, 2.1, 38, 41, 60, 99, 100, 101, 6_001, 12_345]) {
    const end = niceCeiling(value);
    expect(end, `${value}`).toBeGreaterThanOrEqual(value);
    expect(end / value, `${value}`).toBeLessThanOrEqual(2);
    expect(["1", "2", "4", "6"], `${value}`).toContain(Number(end.toPrecision(6)).toExponential().split("e")[0]);
  }
});
