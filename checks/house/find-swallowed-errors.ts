// A catch that does nothing, or names its error and does not look at it, with no comment to say why.
import ts from "typescript";
import { type HouseFile, isTest, nodesOf, type Place, placeOf } from "./house-file";

export function findSwallowedErrors(file: HouseFile): Place[] {
  if (isTest(file.path)) return [];
  return nodesOf(file)
    .filter((node) => (ts.isCatchClause(node) && dropsError(node)) || isEmptyCatchCall(node))
    .filter((node) => !isExplained(node))
    .map((node) => placeOf(node, "drops an error without saying why"));
}

function dropsError(clause: ts.CatchClause): boolean {
  const name = clause.variableDeclaration?.name;
  if (clause.block.statements.length === 0) return true;
  if (!name) return false;
  return ts.isIdentifier(name) && !new RegExp(`\\b${name.text}\\b`).test(clause.block.getText());
}

const closing = /\.(end|close|quit|disconnect|destroy)\([^()]*\)$/;

/** `.catch(() => {})` and `.catch(() => undefined)`; what is being closed may be gone already, which needs no words. */
function isEmptyCatchCall(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const handler = node.arguments[0];
  if (node.expression.name.text !== "catch" || !handler || !ts.isArrowFunction(handler)) return false;
  return /^(\{\s*\}|undefined|void 0)$/.test(handler.body.getText()) && !closing.test(node.expression.expression.getText());
}

/** A comment inside, at the end of the line, or on the line above. */
function isExplained(node: ts.Node): boolean {
  if (/\/\/|\/\*/.test(node.getText())) return true;
  const text = node.getSourceFile().text;
  const statement = ts.findAncestor(node, ts.isStatement) ?? node;
  const lineStart = text.lastIndexOf("\n", statement.getStart()) + 1;
  const above = text.slice(text.lastIndexOf("\n", lineStart - 2) + 1, lineStart);
  const rest = text.slice(statement.getEnd(), text.indexOf("\n", statement.getEnd()));
  return /^\s*(\/\/|\*\/|\*|\/\*)/.test(above) || /^\s*\/\//.test(rest);
}
