// The pattern of a golden expectation, in RE2's syntax: its time is linear in text and program, and both are bounded, so that none can hang us.
import { RE2JS } from "re2js";

export type GoldenPattern = { isFoundIn(text: string): boolean };

/** The answer's beginning that a pattern sees; what is longer is a matter for `contains`. */
export const patternTextMax = 10_000;
/** Steps of a compiled pattern, each of which may be taken at each character: both bounds together make half a second. */
const programSizeMax = 300;

/** Null when it is not a pattern of RE2 (a look-around, a back-reference, a syntax error), or its repetitions make too large a one. */
export function readGoldenPattern(pattern: string): GoldenPattern | null {
  try {
    const compiled = RE2JS.compile(pattern);
    if (compiled.programSize() > programSizeMax) return null;
    return { isFoundIn: (text) => compiled.matcher(text.slice(0, patternTextMax)).find() };
  } catch {
    return null;
  }
}
