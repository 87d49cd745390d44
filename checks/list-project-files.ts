// Which files belong to the project: everything in its folder that is neither installed, built nor data.
import { readdir } from "node:fs/promises";
import { join } from "node:path";

const skipped = new Set(["node_modules", "build", ".data", ".git", ".cache"]);

/** Paths relative to `root` with `/`, sorted. */
export async function listProjectFiles(root: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (skipped.has(entry.name) || entry.name.endsWith(".log") || path === ".env") continue;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) found.push(path);
    }
  }
  return found.sort();
}
