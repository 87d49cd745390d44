// Which test files get a process of their own; the others follow one another in the processes of a run, which load each module once.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** It asks which modules its process has loaded. */
const named = ["server/providers/agentcore/loading.test.ts"];

/** A module that one file replaces would stay replaced for all that come after it. */
const replacesModules = /\bvi\.(do)?mock\(/;

export function listOwnProcessFiles(root: string, folders: readonly string[]): string[] {
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.test\.tsx?$/.test(name))
      .map((name) => `${folder}/${name}`),
  );
  const gone = named.find((file) => !files.includes(file));
  if (gone) throw new Error(`${gone} is not there any more: take it off the list in server/testing/own-process.ts.`);
  return files.filter((file) => named.includes(file) || replacesModules.test(readFileSync(path.join(root, file), "utf8")));
}
