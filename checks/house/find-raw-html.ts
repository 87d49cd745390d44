// React escapes what it shows; raw HTML would let an agent's answer become a script.
import ts from "typescript";
import { type HouseFile, nodesOf, type Place, placeOf } from "./house-file";

const names = new Set(["dangerouslySetInnerHTML", "innerHTML", "outerHTML", "insertAdjacentHTML"]);

export function findRawHtml(file: HouseFile): Place[] {
  if (!file.path.startsWith("app/")) return [];
  return nodesOf(file)
    .filter((node) => ts.isIdentifier(node) && names.has(node.text))
    .map((node) => placeOf(node, `uses ${node.getText()}`));
}
