// TRPCError belongs to the edge: everything below it throws AppError.
import ts from "typescript";
import { type HouseFile, nodesOf, type Place, placeOf } from "./house-file";

export function findMisplacedTrpcErrors(file: HouseFile): Place[] {
  if (/^(server\/(trpc|http)|checks)\//.test(file.path)) return [];
  return nodesOf(file)
    .filter((node) => ts.isNewExpression(node) && node.expression.getText() === "TRPCError")
    .map((node) => placeOf(node, "makes a TRPCError"));
}
