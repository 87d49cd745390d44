// Every file opens with one sentence: what this room is.
import type { HouseFile, Place } from "./house-file";

const wordsMin = 3;

export function findMissingOpenings(file: HouseFile): Place[] {
  if (!/\.(ts|tsx|mjs|cjs|js|css)$/.test(file.path)) return [];
  const lines = file.text.split("\n").filter((line) => !line.startsWith("#!"));
  const first = lines[0] ?? "";
  const opening = /^\/\*\*?\s*$/.test(first) ? (lines[1] ?? "") : /^\/[/*]/.test(first) ? first : "";
  const words = opening.replace(/^\s*(\/\/|\/?\*+)/, "").match(/[\p{L}\d]+/gu) ?? [];
  return words.length >= wordsMin ? [] : [{ line: 1, what: "the file does not open with a sentence" }];
}
