// A fresh folder for each process: its sockets and ours, and a note by which a later host finds what a killed one left behind.
import { chownSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type DirectoryHandle, openDirectory } from "./directory-handle";
import { startTicks } from "./process-usage";

const Note = z.object({ pid: z.number().int(), startTicks: z.string() });
const noteSuffix = ".process.json";

export type RunDirectory = {
  handle: DirectoryHandle;
  path: string;
  /** Notes which process lives here. */
  note(pid: number): void;
  remove(): void;
};

export function createRunDirectory(root: string, name: string, uid: number | null): RunDirectory {
  const path = join(root, name);
  const notePath = `${path}${noteSuffix}`;
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { mode: 0o700 });
  if (uid !== null) chownSync(path, uid, uid);
  const handle = openDirectory(path);
  return {
    handle,
    path,
    note: (pid) => writeFileSync(notePath, JSON.stringify({ pid, startTicks: startTicks(pid) ?? "" }), { mode: 0o600 }),
    remove() {
      handle.close();
      rmSync(path, { recursive: true, force: true });
      rmSync(notePath, { force: true });
    },
  };
}

/** Ends processes of an earlier host that did not stop in order, and clears their folders. Pid and start time together name no other process. */
export function clearLeftovers(root: string): number {
  let ended = 0;
  for (const file of readdirSync(root)) {
    const path = join(root, file);
    if (file.endsWith(noteSuffix) && endNoted(path)) ended += 1;
    rmSync(path, { recursive: true, force: true });
  }
  return ended;
}

function endNoted(path: string): boolean {
  const note = Note.safeParse(parseJson(readFileSync(path, "utf8")));
  if (!note.success || note.data.startTicks === "" || startTicks(note.data.pid) !== note.data.startTicks) return false;
  try {
    process.kill(note.data.pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
