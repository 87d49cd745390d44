// Bundles our programs with esbuild: one file each, packages stay outside.
import { existsSync } from "node:fs";
import path from "node:path";
import { type BuildOptions, build } from "esbuild";
import { LaunchProblem } from "./problem";

/** Program → entry. Each becomes `build/<program>.js`. */
export const programEntries = {
  web: "server/main.ts",
  worker: "jobs/main.ts",
  "agent-host": "runtime/agent-host/main.ts",
  "first-start": "server/first-start/main.ts",
} as const;

export type ProgramName = keyof typeof programEntries;

export function programFile(name: string): string {
  return path.resolve("build", `${name}.js`);
}

/** Bundles what is named; throws {@link LaunchProblem} with file and line when something does not compile. */
export async function buildPrograms(entries: Record<string, string>): Promise<void> {
  const missing = Object.values(entries).find((entry) => !existsSync(entry));
  if (missing) throw new LaunchProblem(`${missing} is missing: the clone is not complete; get it again.`);
  try {
    await build({ ...programOptions, entryPoints: entries, outdir: "build" });
  } catch (error) {
    throw new LaunchProblem(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

export const programOptions: BuildOptions = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  jsx: "automatic",
  sourcemap: "linked",
  logLevel: "silent",
};
