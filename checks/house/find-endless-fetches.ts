// A remote call without a deadline can hold a request for ever.
import ts from "typescript";
import { type HouseFile, nodesOf, type Place, placeOf } from "./house-file";

export function findEndlessFetches(file: HouseFile): Place[] {
  if (!/^(server|jobs|runtime\/agent-host|launch)\//.test(file.path) || /\.test\.tsx?$/.test(file.path)) return [];
  return nodesOf(file)
    .filter((node) => ts.isCallExpression(node) && /^(globalThis\.)?fetch$/.test(node.expression.getText()))
    .filter((node) => !/\bsignal\b/.test(node.getText()))
    .map((node) => placeOf(node, "calls fetch without a signal"));
}
