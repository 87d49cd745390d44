// Imports: through the alias, without extension, never through a barrel.
import ts from "typescript";
import { type HouseFile, nodesOf, type Place, placeOf } from "./house-file";

export function findBadImports(file: HouseFile): Place[] {
  if (!file.tree || !/\.tsx?$/.test(file.path)) return [];
  const places = nodesOf(file).flatMap((node) => {
    const said = specifierProblem(specifierOf(node));
    return said ? [placeOf(node, said)] : [];
  });
  return isBarrel(file.tree) ? [...places, { line: 1, what: "the file only passes on what others export" }] : places;
}

function specifierOf(node: ts.Node): string {
  if (
    (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
    node.moduleSpecifier &&
    ts.isStringLiteral(node.moduleSpecifier)
  ) {
    return node.moduleSpecifier.text;
  }
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const first = isDynamic ? node.arguments[0] : undefined;
  return first && ts.isStringLiteral(first) ? first.text : "";
}

function specifierProblem(specifier: string): string | null {
  if (specifier.startsWith("../..")) return `"${specifier}" climbs more than one floor`;
  if (/^[.~].*\.tsx?$/.test(specifier)) return `"${specifier}" names a file extension`;
  return null;
}

function isBarrel(tree: ts.SourceFile): boolean {
  return (
    tree.statements.length > 0 &&
    tree.statements.every((statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier)
  );
}
