// Is there a file, an export or a package that nobody uses? (knip.json names the doors through which use begins.)
import type { CheckOptions, Finding } from "./check";
import { runTool } from "./run-tool";

type KnipReport = { issues: ({ file: string } & Record<string, unknown>)[] };
type KnipItem = { name: string; line?: number };

const kinds: Record<string, string> = {
  files: "nobody imports this file",
  dependencies: "unused dependency",
  devDependencies: "unused development dependency",
  unlisted: "package missing from package.json",
  unresolved: "import that leads nowhere",
  exports: "unused export",
  types: "unused exported type",
  duplicates: "exported twice",
};

export async function checkDeadCode({ root }: CheckOptions): Promise<Finding[]> {
  const { stdout, stderr } = await runTool(root, "knip/bin/knip.js", [
    "--reporter",
    "json",
    "--no-progress",
    "--no-config-hints",
  ]);
  if (!stdout.startsWith("{")) return [{ where: "knip", what: stderr || stdout, mend: "Make `npx knip` run." }];
  const { issues } = JSON.parse(stdout) as KnipReport;
  return issues.flatMap((issue) => Object.entries(kinds).flatMap(([kind, what]) => findingsOf(issue, kind, what)));
}

function findingsOf(issue: KnipReport["issues"][number], kind: string, what: string): Finding[] {
  const items = (Array.isArray(issue[kind]) ? issue[kind] : []) as (KnipItem | KnipItem[])[];
  return items.flat().map((item) => ({
    where: item.line === undefined ? issue.file : `${issue.file}:${item.line}`,
    what: kind === "files" ? what : `${what}: ${item.name}`,
    mend: "Delete it, stop exporting it, or use it.",
  }));
}
