// A test that sleeps is slow on a good day and wrong on a bad one: it waits for the thing itself.
import ts from "typescript";
import { dottedName, type HouseFile, nodesOf, type Place, placeOf } from "./house-file";

export function findTestSleeps(file: HouseFile): Place[] {
  const isTestFile = /\.test\.tsx?$/.test(file.path);
  if (!isTestFile && !file.path.startsWith("e2e/")) return [];
  return nodesOf(file)
    .filter((node) => isWaitForTimeout(node) || (isTestFile && (isTimersImport(node) || isPromisedTimeout(node))))
    .map((node) => placeOf(node, "sleeps"));
}

function isTimersImport(node: ts.Node): boolean {
  return ts.isImportDeclaration(node) && /^"(node:)?timers\/promises"$/.test(node.moduleSpecifier.getText());
}

/** `new Promise((resolve) => setTimeout(resolve, …))`; a deadline that rejects is no sleep. */
function isPromisedTimeout(node: ts.Node): boolean {
  if (!ts.isNewExpression(node) || node.expression.getText() !== "Promise") return false;
  const executor = node.arguments?.[0];
  if (!executor || !ts.isArrowFunction(executor)) return false;
  const resolve = executor.parameters[0]?.name.getText() ?? "resolve";
  return new RegExp(`setTimeout\\(\\s*(${resolve}\\b|\\(\\)\\s*=>\\s*${resolve}\\()`).test(executor.body.getText());
}

function isWaitForTimeout(node: ts.Node): boolean {
  return ts.isCallExpression(node) && dottedName(node.expression).endsWith(".waitForTimeout");
}
