// A deadline that only AbortSignal.any knows of is collected as garbage by Node 20, and never comes.
import ts from "typescript";
import { dottedName, type HouseFile, isTest, nodesOf, type Place, placeOf } from "./house-file";

export function findLostDeadlines(file: HouseFile): Place[] {
  if (!/^(server|jobs|runtime\/agent-host|launch)\//.test(file.path) || isTest(file.path)) return [];
  return nodesOf(file)
    .filter((node) => ts.isCallExpression(node) && dottedName(node.expression) === "AbortSignal.any")
    .filter((node) => node.getText().includes("AbortSignal.timeout("))
    .map((node) => placeOf(node, "makes a deadline inside AbortSignal.any"));
}
