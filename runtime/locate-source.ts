// Finds a source file of `runtime/` on disk, from the sources as well as from a bundled program in `build/`.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Workers are bundled on the machine that runs them, so their sources travel with the programs. Throws when they do not. */
export function locateSource(path: string): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(directory, path);
    if (existsSync(candidate)) return candidate;
    const parent = dirname(directory);
    if (parent === directory) throw new Error(`${path} is missing; keep the runtime folder next to the build folder.`);
    directory = parent;
  }
}
