// Functions that do not fit in a head: over 50 lines, over 4 parameters, nested over 3 deep.
import ts from "typescript";
import { type HouseFile, isTest, nodesOf, type Place, placeOf } from "./house-file";

const linesMax = 50;
const parametersMax = 4;
const nestingMax = 3;

export function findBigFunctions(file: HouseFile): Place[] {
  // A migration is SQL in one piece, a test suite is a list: their length says nothing about how hard they are to read.
  const judgesLength = !file.path.startsWith("db/migrations/") && !isTest(file.path);
  return nodesOf(file)
    .filter(isFunction)
    .flatMap((node) => problemsOf(node, judgesLength));
}

type FunctionNode = ts.FunctionLikeDeclaration & { body: ts.ConciseBody };

function isFunction(node: ts.Node): node is FunctionNode {
  return ts.isFunctionLike(node) && "body" in node && node.body !== undefined;
}

function problemsOf(node: FunctionNode, judgesLength: boolean): Place[] {
  const said: string[] = [];
  const lines = linesOf(node) - named(node.body).reduce((sum, inner) => sum + linesOf(inner), 0);
  if (judgesLength && lines > linesMax) said.push(`${lines} lines, at most ${linesMax}`);
  if (node.parameters.length > parametersMax) said.push(`${node.parameters.length} parameters, at most ${parametersMax}`);
  const nesting = deepest(node.body);
  if (nesting > nestingMax) said.push(`nested ${nesting} deep, at most ${nestingMax}`);
  return said.map((what) => placeOf(node, `${nameOf(node)}: ${what}`));
}

function linesOf(node: ts.Node): number {
  return lineOf(node, node.getEnd()) - lineOf(node, node.getStart()) + 1;
}

/** Functions and methods with a name of their own inside it: each is measured by itself. */
function named(node: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    if (ts.isFunctionDeclaration(child) || ts.isMethodDeclaration(child)) found.push(child);
    else found.push(...named(child));
  });
  return found;
}

function lineOf(node: ts.Node, position: number): number {
  return node.getSourceFile().getLineAndCharacterOfPosition(position).line;
}

function nameOf(node: FunctionNode): string {
  const named = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
  return named?.getText() ?? "a function";
}

/** How many branches and loops stand inside each other; a nested function starts anew. */
function deepest(node: ts.Node): number {
  let most = 0;
  ts.forEachChild(node, (child) => {
    if (isFunction(child)) return;
    most = Math.max(most, deepest(child) + (opensLevel(child) ? 1 : 0));
  });
  return most;
}

function opensLevel(node: ts.Node): boolean {
  const isElseIf = ts.isIfStatement(node) && ts.isIfStatement(node.parent) && node.parent.elseStatement === node;
  if (isElseIf) return false;
  return ts.isIfStatement(node) || ts.isIterationStatement(node, false) || ts.isSwitchStatement(node) || ts.isTryStatement(node);
}
