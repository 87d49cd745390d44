// A file that one process holds: made in one step, worth nothing once its holder is gone.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isRunning, markOf, type ProcessMark } from "./process-mark";

export type Lock = { release(): void };

/** Takes the lock, or answers who holds it. A lock whose holder is gone is taken over. */
export function holdLock(file: string): Lock | ProcessMark {
  const mine = JSON.stringify(markOf(process.pid));
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, mine, { mode: 0o600 });
  try {
    for (;;) {
      // A link appears whole or not at all, unlike a file that is created and then written.
      if (tryLink(draft, file)) return { release: () => releaseIfMine(file, mine) };
      const holder = readHolder(file);
      if (holder && isRunning(holder)) return holder;
      removeIfStale(file);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

export function isLock(result: Lock | ProcessMark): result is Lock {
  return "release" in result;
}

function tryLink(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Of two that find the same stale lock, the slower one might catch the faster one's fresh lock: it is put back then. */
function removeIfStale(file: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const holder = readHolder(aside);
  if (holder && isRunning(holder)) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function readHolder(file: string): ProcessMark | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ProcessMark;
  } catch {
    // Gone in the meantime, or cut short by a full disk: nobody holds it.
    return null;
  }
}

function releaseIfMine(file: string, mine: string): void {
  if (JSON.stringify(readHolder(file)) === mine) rmSync(file, { force: true });
}
