// No pattern of a customer holds up the process that looks for it: large ones are refused, and of a long answer the beginning is seen.
import { describe, expect, it } from "vitest";
import { patternTextMax, readGoldenPattern } from "./golden-pattern";

const coins = (count: number) => Array.from({ length: count }, (_, n) => ((n * 7_919) % 13 < 6 ? "a" : "b")).join("");

describe("a golden pattern", () => {
  it("is what people write, and is found where it stands", () => {
    for (const pattern of [
      "^HI\\b",
      "order #\\d{1,12} (?:is|was) (?:confirmed|shipped)",
      "(?i)thank you, [\\p{L} ]{1,60}\\.",
      "a.{0,60}z",
    ]) {
      expect(readGoldenPattern(pattern), pattern).not.toBeNull();
    }
    expect(readGoldenPattern("shipped$")?.isFoundIn("it was shipped")).toBe(true);
  });

  it.each([
    ["a product of repetitions", "(?:(?:a|b|ab|ba){0,100}){0,9}[xy]"],
    ["a long repetition", "[ab]*a[ab]{900}[xy]"],
    ["many empty ways", "(?:^|a|b|$){0,300}(?:^|a|b|\\b){0,300}[xy]"],
  ])("that costs too much is refused: %s", (_what, pattern) => {
    expect(readGoldenPattern(pattern)).toBeNull();
  });

  it.each(["(?:^|a|b|ab|\\b){0,32}[xy]", "[ab]*a[ab]{150}[xy]", "(?:(?:a|b|ab|ba){0,4}){0,4}[xy]"])(
    "that is as slow as they are let through ends, however long the answer: %s",
    (text) => {
      expect(readGoldenPattern(text)?.isFoundIn(coins(1_000_000))).toBe(false);
    },
  );

  it("sees the beginning of an answer that is longer than it may be", () => {
    const pattern = readGoldenPattern("end");
    expect(pattern?.isFoundIn(`${" ".repeat(patternTextMax - 3)}end`)).toBe(true);
    expect(pattern?.isFoundIn(`${" ".repeat(patternTextMax)}end`)).toBe(false);
  });
});
