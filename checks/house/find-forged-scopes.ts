// Only the mint makes a WorkspaceScope; a cast anywhere else would be a skeleton key.
import ts from "typescript";
import { type HouseFile, nodesOf, type Place, placeOf } from "./house-file";

const mint = "server/auth/mint-scope.ts";

export function findForgedScopes(file: HouseFile): Place[] {
  if (file.path === mint) return [];
  return nodesOf(file)
    .filter(
      (node) => (ts.isAsExpression(node) || ts.isTypeAssertionExpression(node)) && /\bWorkspaceScope$/.test(node.type.getText()),
    )
    .map((node) => placeOf(node, "casts something to WorkspaceScope"));
}
