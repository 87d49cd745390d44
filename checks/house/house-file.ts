// One source file as the house rules see it: its path, its text, and its syntax tree.
import ts from "typescript";

export type HouseFile = {
  /** From the project's top folder, with `/`. */
  path: string;
  text: string;
  /** Null for files that are not TypeScript or JavaScript. */
  tree: ts.SourceFile | null;
};

/** What a rule found at which line. */
export type Place = { line: number; what: string };

export function readHouseFile(path: string, text: string): HouseFile {
  if (!/\.(ts|tsx|mjs|cjs|js)$/.test(path)) return { path, text, tree: null };
  const kind = path.endsWith("x") ? ts.ScriptKind.TSX : path.endsWith("ts") ? ts.ScriptKind.TS : ts.ScriptKind.JS;
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true, kind) };
}

export function isTest(path: string): boolean {
  return /\.(test|conformance)\.tsx?$/.test(path) || /(^|\/)testing(\/|\.ts$)/.test(path) || path.startsWith("e2e/");
}

/** Code that runs for users: neither tests, nor tools, nor samples. */
export function isProduct(path: string): boolean {
  return /^(app|server|db|jobs|runtime)\//.test(path) && !isTest(path);
}

export function placeOf(node: ts.Node, what: string): Place {
  const tree = node.getSourceFile();
  return { line: tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1, what };
}

/** Every node of the tree, in the order of the text. */
export function nodesOf(file: HouseFile): ts.Node[] {
  if (!file.tree) return [];
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file.tree);
  return found;
}

/** The places where a line of the text matches. */
export function linesMatching(file: HouseFile, pattern: RegExp, say: (match: string) => string): Place[] {
  return file.text.split("\n").flatMap((text, index) => {
    const match = pattern.exec(text);
    return match ? [{ line: index + 1, what: say(match[0]) }] : [];
  });
}

/** `ctx.db.transaction` for a chain of names and property accesses; empty for anything else. */
export function dottedName(node: ts.Node): string {
  if (ts.isIdentifier(node)) return node.text;
  if (node.kind === ts.SyntaxKind.ThisKeyword) return "this";
  if (!ts.isPropertyAccessExpression(node)) return "";
  const left = dottedName(node.expression);
  return left === "" ? "" : `${left}.${node.name.text}`;
}
