// A Remix action reads its form through formOf, which checks the CSRF token; nothing else reads one.
import ts from "typescript";
import { dottedName, type HouseFile, nodesOf, type Place, placeOf } from "./house-file";

const formReader = "app/form-of.ts";

export function findUnguardedForms(file: HouseFile): Place[] {
  if (!file.path.startsWith("app/") || file.path === formReader || /\.test\./.test(file.path)) return [];
  const nodes = nodesOf(file);
  const reads = nodes
    .filter((node) => ts.isCallExpression(node) && dottedName(node.expression).endsWith(".formData"))
    .map((node) => placeOf(node, "reads a form without checking its CSRF token"));
  const actions = file.path.startsWith("app/routes/") ? nodes.filter(isExportedAction) : [];
  const unread = actions.filter((action) => !/\bformOf\(/.test(action.getText()));
  return [...reads, ...unread.map((action) => placeOf(action, "the action never calls formOf"))];
}

function isExportedAction(node: ts.Node): boolean {
  if (ts.isFunctionDeclaration(node)) return node.name?.text === "action" && isExported(node);
  return ts.isVariableStatement(node) && isExported(node) && /\baction\s*=/.test(node.getText());
}

function isExported(node: ts.FunctionDeclaration | ts.VariableStatement): boolean {
  return node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false;
}
