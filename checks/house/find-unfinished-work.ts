// Notes to do it later: either it is done, or it stands in an issue.
import { type HouseFile, linesMatching, type Place } from "./house-file";

const note = new RegExp(
  `(//|/\\*|\\*|#|--|<!--).*\\b(${["TO", "DO"].join("")}|${["FIX", "ME"].join("")}|${["XX", "X"].join("")})\\b`,
);

export function findUnfinishedWork(file: HouseFile): Place[] {
  return linesMatching(file, note, () => "leaves a note to do it later");
}
