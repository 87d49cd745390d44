// Is there one line in docs/dependencies.md for each package we depend on, and none for one that we do not?
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckOptions, Finding } from "./check";

const page = "docs/dependencies.md";

export async function checkDependencies({ root }: CheckOptions): Promise<Finding[]> {
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const text = await readFile(join(root, page), "utf8");
  const installed = new Map(Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }));
  const described = new Set([...text.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? ""));
  const missing = [...installed.keys()].filter((name) => !described.has(name));
  const gone = [...described].filter((name) => !installed.has(name));
  const loose = [...installed].filter(([, version]) => !/^\d+\.\d+\.\d+/.test(version));
  return [
    ...missing.map((name) => ({ where: page, what: `${name} has no line`, mend: "Say what it does and why this one." })),
    ...gone.map((name) => ({ where: page, what: `${name} is no dependency any more`, mend: "Delete the line." })),
    ...loose.map(([name]) => ({ where: "package.json", what: `${name} is not pinned`, mend: "Install with --save-exact." })),
  ];
}
