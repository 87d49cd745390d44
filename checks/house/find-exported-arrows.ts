// What others call is an `export function`: it has a name in a stack trace and may stand above what it calls.
import ts from "typescript";
import { type HouseFile, isProduct, nodesOf, type Place, placeOf } from "./house-file";

export function findExportedArrows(file: HouseFile): Place[] {
  if (!isProduct(file.path)) return [];
  return nodesOf(file)
    .filter(isExportedArrow)
    .map((node) => placeOf(node, "exports an arrow constant"));
}

function isExportedArrow(node: ts.Node): boolean {
  if (!ts.isVariableStatement(node) || !node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword))
    return false;
  return node.declarationList.declarations.some((declaration) => {
    const value = declaration.initializer;
    return value !== undefined && !declaration.type && (ts.isArrowFunction(value) || ts.isFunctionExpression(value));
  });
}
