// A procedure that looks at its input has it parsed by a schema first.
import ts from "typescript";
import { type HouseFile, nodesOf, type Place, placeOf } from "./house-file";

const endings = new Set(["query", "mutation", "subscription"]);

export function findUnparsedProcedures(file: HouseFile): Place[] {
  if (!file.path.endsWith(".router.ts")) return [];
  return nodesOf(file)
    .filter(isUnparsed)
    .map((node) => placeOf(node, "a procedure reads input that no schema has parsed"));
}

function isUnparsed(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const handler = node.arguments[0];
  if (!endings.has(node.expression.name.text) || !handler || !ts.isFunctionLike(handler)) return false;
  const readsInput = /\b(input|getRawInput|rawInput)\b/.test(handler.getText());
  return readsInput && !/\.input\(/.test(node.expression.getText());
}
