// Product code speaks through the log, which redacts; console does not.
import ts from "typescript";
import { dottedName, type HouseFile, nodesOf, type Place, placeOf } from "./house-file";

/** Customers' samples, and the code that runs beside customers' code inside workerd, where console is the only voice. */
const silent = /^(examples|runtime\/handler|runtime\/agent-host\/workers)\//;

export function findConsoleCalls(file: HouseFile): Place[] {
  if (silent.test(file.path)) return [];
  return nodesOf(file)
    .filter((node) => ts.isCallExpression(node) && /^(globalThis\.)?console\./.test(dottedName(node.expression)))
    .map((node) => placeOf(node, "calls console"));
}
