// Do the tables in the documents say what the code says?
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckOptions, Finding } from "./check";
import { compareGenerated } from "./compare-generated";
import { renderConfigurationTable } from "./documents/render-configuration-table";
import { renderErrorTable } from "./documents/render-error-table";
import { renderIsolationMatrix } from "./documents/render-isolation-matrix";
import { renderPermissionTable } from "./documents/render-permission-table";

const tables = [
  { path: "README.md", name: "configuration", render: renderConfigurationTable },
  { path: "docs/security/permissions.md", name: "permissions", render: renderPermissionTable },
  { path: "docs/security/isolation-matrix.md", name: "isolation", render: renderIsolationMatrix },
  { path: "docs/errors.md", name: "errors", render: renderErrorTable },
];

export async function checkDocuments(options: CheckOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { path, name, render } of tables) {
    const text = await readFile(join(options.root, path), "utf8");
    const filled = fill(text, name, render());
    if (filled === null)
      findings.push({
        where: path,
        what: `has no place for the ${name} table`,
        mend: `Add ${markOf(name, "begin")} and ${markOf(name, "end")}.`,
      });
    else findings.push(...(await compareGenerated(options, path, filled)));
  }
  return findings;
}

function markOf(name: string, edge: "begin" | "end"): string {
  return `<!-- ${name}:${edge} -->`;
}

function fill(text: string, name: string, table: string): string | null {
  const begin = text.indexOf(markOf(name, "begin"));
  const end = text.indexOf(markOf(name, "end"));
  if (begin < 0 || end < begin) return null;
  return `${text.slice(0, begin)}${markOf(name, "begin")}\n${table}\n${text.slice(end)}`;
}
