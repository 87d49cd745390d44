// A short private folder for unix sockets: their paths hold at most 107 bytes.
import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { LaunchProblem } from "./problem";

/** Linux takes 107 bytes, macOS 103; room is kept for the longest name that is put into the folder. */
const pathBytesMax = 103;
const nameBytesMax = 60;

/** `run` under the data directory, or, when that is too long, a folder of ours named after it where sockets belong. */
export function prepareRunDirectory(dataDir: string): string {
  const beside = path.join(dataDir, "run");
  const fits = Buffer.byteLength(beside) + 1 + nameBytesMax <= pathBytesMax;
  const directory = fits ? beside : path.join(process.env["XDG_RUNTIME_DIR"] || os.tmpdir(), shortName(dataDir));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  assertOurs(directory);
  chmodSync(directory, 0o700);
  return directory;
}

function shortName(dataDir: string): string {
  return `whs-${createHash("sha256").update(path.resolve(dataDir)).digest("hex").slice(0, 12)}`;
}

/** In a folder that everybody may write to, somebody else could have put theirs in our place. */
function assertOurs(directory: string): void {
  const found = lstatSync(directory);
  const isOurs = process.getuid === undefined || found.uid === process.getuid();
  if (found.isDirectory() && isOurs) return;
  throw new LaunchProblem(`${directory} belongs to somebody else: remove it, or set DATA_DIR to a shorter path.`);
}
