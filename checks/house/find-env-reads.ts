// The environment is read once, by config.ts; the agent host, the program around a bundle and the launcher have their own reader.
import ts from "typescript";
import { dottedName, type HouseFile, isTest, nodesOf, type Place, placeOf } from "./house-file";

const readers =
  /^(server\/config\.ts|runtime\/agent-host\/host-config\.ts|runtime\/handler\/node-target\.ts|launch\/.+|checks\/.+|bench\/.+|e2e\/.+|[^/]+\.config\.(ts|js))$/;

export function findEnvReads(file: HouseFile): Place[] {
  if (readers.test(file.path) || isTest(file.path) || file.path.startsWith("examples/")) return [];
  return nodesOf(file)
    .filter((node) => ts.isPropertyAccessExpression(node) && dottedName(node) === "process.env")
    .map((node) => placeOf(node, "reads process.env"));
}
