// `npm run build`, and what every start does first: builds pages and programs unless nothing has changed since.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { buildPages } from "./build-pages";
import { buildPrograms, programEntries, programFile } from "./build-programs";
import { holdLock, isLock } from "./hold-lock";
import { showStep } from "./show-step";

/** What the build is made from. */
const sources = ["app", "server", "db", "jobs", "runtime", "public"];
const files = ["package-lock.json", "tsconfig.json", "vite.config.ts", "remix.config.js"];

const stampFile = path.join("build", "stamp");
const pagesEntry = path.join("build", "remix", "server", "index.js");

export async function build(): Promise<number> {
  await ensureBuilt();
  return 0;
}

/** Two commands at once build once: the second waits and finds everything done. */
export async function ensureBuilt(): Promise<void> {
  mkdirSync("build", { recursive: true });
  if (isFresh(sourcesDigest())) return;
  await showStep("Building", async () => {
    let lock = holdLock(path.join("build", "lock"));
    for (; !isLock(lock); lock = holdLock(path.join("build", "lock"))) await pause(100);
    try {
      await buildUnlessFresh();
    } finally {
      lock.release();
    }
  });
}

async function buildUnlessFresh(): Promise<void> {
  const digest = sourcesDigest();
  if (isFresh(digest)) return;
  await Promise.all([buildPrograms(programEntries), buildPages()]);
  writeFileSync(`${stampFile}.new`, digest);
  renameSync(`${stampFile}.new`, stampFile);
}

function isFresh(digest: string): boolean {
  const outputs = [pagesEntry, ...Object.keys(programEntries).map(programFile)];
  return outputs.every((file) => existsSync(file)) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === digest;
}

function sourcesDigest(): string {
  const digest = createHash("sha256");
  const found = sources.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name)),
  );
  for (const file of [...found.sort(), ...files]) digest.update(`${file}\0`).update(readFileSync(file));
  return digest.digest("hex");
}
