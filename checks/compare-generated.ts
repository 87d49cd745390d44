// A generated file is either as it would be generated now, or it is refreshed with --write.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CheckOptions, Finding } from "./check";

export async function compareGenerated({ root, write }: CheckOptions, path: string, text: string): Promise<Finding[]> {
  const file = join(root, path);
  const found = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  if (found === text) return [];
  if (write) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return [];
  }
  const line = text.split("\n").findIndex((wanted, index) => wanted !== found.split("\n")[index]) + 1;
  return [
    {
      where: `${path}:${line}`,
      what: "is not what would be generated now",
      mend: "Run `npm run check -- --write` and read the difference.",
    },
  ];
}
