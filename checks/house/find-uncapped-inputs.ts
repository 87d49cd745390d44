// Whatever comes from outside has a cap: every string and list of an input schema.
import ts from "typescript";
import { type HouseFile, nodesOf, type Place, placeOf } from "./house-file";

const capping = new Set(["max", "length", "regex", "refine", "superRefine", "check", "pipe"]);

export function findUncappedInputs(file: HouseFile): Place[] {
  if (!file.path.endsWith(".contract.ts")) return [];
  return nodesOf(file)
    .filter(isInputSchema)
    .flatMap((schema) => callsBelow(schema))
    .filter((call) => ["z.string", "z.array"].includes(call.expression.getText()) && !isCapped(call))
    .map((call) => placeOf(call, `${call.expression.getText()}() without a cap in an input`));
}

function isInputSchema(node: ts.Node): boolean {
  return ts.isVariableDeclaration(node) && /(Input|Query|Request)$/.test(node.name.getText());
}

function callsBelow(node: ts.Node): ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isCallExpression(child)) found.push(child);
    ts.forEachChild(child, visit);
  };
  visit(node);
  return found;
}

/** Walks `z.string().trim().max(5)` outwards from `z.string()`. */
function isCapped(call: ts.CallExpression): boolean {
  const access = call.parent;
  if (!ts.isPropertyAccessExpression(access) || !ts.isCallExpression(access.parent)) return false;
  return capping.has(access.name.text) || isCapped(access.parent);
}
