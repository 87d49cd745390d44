// A test that is skipped, or that silences the others, guards nothing.
import ts from "typescript";
import { dottedName, type HouseFile, nodesOf, type Place, placeOf } from "./house-file";

const silenced = /^((describe|it|test)(\.\w+)*\.(skip|only|todo|fails)|xit|xdescribe|xtest|fit|fdescribe)$/;

export function findSilencedTests(file: HouseFile): Place[] {
  return nodesOf(file)
    .filter((node) => ts.isCallExpression(node) && silenced.test(dottedName(node.expression)))
    .map((node) => placeOf(node, `calls ${dottedName((node as ts.CallExpression).expression)}`));
}
