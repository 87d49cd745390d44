// The agents of `examples/`: found on disk, listed, and packed into a zip as an author would pack them.
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { zipSync } from "fflate";
import { notFound } from "~/server/errors";
import type { ExampleItem } from "./bundles.contract";
import { Manifest } from "./manifest.contract";

const examplesMax = 50;
const filesMax = 200;
const exampleName = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** In the order of their names. */
export async function listExamples(): Promise<ExampleItem[]> {
  const folders = await readdir(examplesDirectory(), { withFileTypes: true });
  const names = folders.filter((folder) => folder.isDirectory() && exampleName.test(folder.name)).map((folder) => folder.name);
  const items = await Promise.all(names.sort().slice(0, examplesMax).map(readExample));
  return items.filter((item) => item !== null);
}

/** The zip of one example. Rejects with `NOT_FOUND`. */
export async function packExample(name: string): Promise<Uint8Array> {
  const folder = join(examplesDirectory(), name);
  if (!exampleName.test(name) || !existsSync(join(folder, "agent.config.json"))) throw notFound("example");
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && belongs(join(entry.parentPath, entry.name))).slice(0, filesMax);
  const content = await Promise.all(
    files.map(async (file) => {
      const path = join(file.parentPath, file.name);
      return [relative(folder, path), new Uint8Array(await readFile(path))] as const;
    }),
  );
  return zipSync(Object.fromEntries(content), { level: 6 });
}

function belongs(path: string): boolean {
  return !path.includes("/node_modules/") && !path.endsWith(".test.ts");
}

async function readExample(name: string): Promise<ExampleItem | null> {
  const folder = join(examplesDirectory(), name);
  const text = await readFile(join(folder, "agent.config.json"), "utf8").catch(() => null);
  if (text === null) return null;
  const manifest = Manifest.parse(JSON.parse(text));
  const lines = (await readFile(join(folder, "README.md"), "utf8").catch(() => ""))
    .split("\n")
    .filter((line) => line.trim() !== "");
  const title = lines[0]?.replace(/^#+\s*/, "").trim() || name;
  const description = lines.find((line) => !line.startsWith("#"))?.trim() ?? "";
  return { name, title, description, requiredKeys: manifest.env.requiredKeys };
}

/** Programs run from sources and from `build/`; the examples lie beside the package's own description. */
function examplesDirectory(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, "examples");
}
