// A file over 300 lines has grown past its purpose.
import type { HouseFile, Place } from "./house-file";

const linesMax = 300;

export function findLongFiles(file: HouseFile): Place[] {
  if (!/\.(ts|tsx|mjs|js|cjs|css)$/.test(file.path)) return [];
  const lines = file.text.trimEnd().split("\n").length;
  return lines > linesMax ? [{ line: 1, what: `${lines} lines, at most ${linesMax}` }] : [];
}
