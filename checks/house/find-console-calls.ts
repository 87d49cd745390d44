// Product code speaks through the log, which redacts; console does not.
import ts from "typescript";
import { dottedName, type HouseFile, nodesOf, type Place, placeOf } from "./house-file";

export function findConsoleCalls(file: HouseFile): Place[] {
  if (file.path.startsWith("examples/")) return [];
  return nodesOf(file)
    .filter((node) => ts.isCallExpression(node) && /^(globalThis\.)?console\./.test(dottedName(node.expression)))
    .map((node) => placeOf(node, "calls console"));
}
