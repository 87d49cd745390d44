// The pattern of a golden expectation, in RE2's syntax: it takes time linear in the text, so no pattern of a customer can hang us.
import { RE2JS } from "re2js";

export type GoldenPattern = { isFoundIn(text: string): boolean };

/** The answer's beginning that a pattern sees; what is longer is a matter for `contains`. */
const textCharactersMax = 100_000;

/** Null when it is not a pattern of RE2: a look-around, a back-reference, a syntax error. */
export function readGoldenPattern(pattern: string): GoldenPattern | null {
  try {
    const compiled = RE2JS.compile(pattern);
    return { isFoundIn: (text) => compiled.matcher(text.slice(0, textCharactersMax)).find() };
  } catch {
    return null;
  }
}
