// Where a program of this machine lies.
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

/** The full path of the first of `names` that is on PATH (or in the usual system places); null when there is none. */
export function findProgram(...names: string[]): string | null {
  const directories = [
    ...(process.env["PATH"] ?? "").split(path.delimiter),
    "/usr/local/bin",
    "/usr/bin",
    "/usr/sbin",
    "/opt/homebrew/bin",
  ];
  for (const name of names) {
    const found = directories
      .filter(path.isAbsolute)
      .map((directory) => path.join(directory, name))
      .find(isProgram);
    if (found) return found;
  }
  return null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
