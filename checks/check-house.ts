// Does every file keep the rules of the house (docs/style.md) that a script can see?
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckOptions, Finding } from "./check";
import { readHouseFile } from "./house/house-file";
import { houseRules } from "./house/rules";
import { listProjectFiles } from "./list-project-files";

const judged = /\.(ts|tsx|mjs|cjs|js|css|md|json|sh|yml|yaml)$/;
/** Written by a machine. */
const notJudged = /^package-lock\.json$/;

export async function checkHouse({ root }: CheckOptions): Promise<Finding[]> {
  const paths = (await listProjectFiles(root)).filter((path) => judged.test(path) && !notJudged.test(path));
  const findings: Finding[] = [];
  for (const path of paths) findings.push(...judgeFile(path, await readFile(join(root, path), "utf8")));
  return findings;
}

function judgeFile(path: string, text: string): Finding[] {
  const file = readHouseFile(path, text);
  return Object.entries(houseRules).flatMap(([name, rule]) =>
    rule.find(file).map(({ line, what }) => ({ where: `${path}:${line}`, what: `${name}: ${what}`, mend: rule.mend })),
  );
}
