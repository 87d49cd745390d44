// A fresh folder for each process: its sockets and ours, and a note by which a later host finds what a killed one left behind.
import { chownSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { CutLog } from "./cut-logs";
import { type DirectoryHandle, openDirectory } from "./directory-handle";
import { startTicks } from "./process-usage";

const Note = z.object({
  pid: z.number().int(),
  startTicks: z.string(),
  /** Whose output may be lost with its host; hosts of earlier versions did not note it. */
  cut: z.object({ life: z.string(), deploymentId: z.string() }).optional(),
});
const noteSuffix = ".process.json";

export type RunDirectory = {
  handle: DirectoryHandle;
  path: string;
  /** Notes which process lives here, and whose output is lost if this host dies. */
  note(pid: number, cut: CutLog): void;
  /** The process is gone; its note stays until `forget`. */
  remove(): void;
  /** All that it printed is delivered. */
  forget(): void;
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
    note(pid, cut) {
      writeFileSync(notePath, JSON.stringify({ pid, startTicks: startTicks(pid) ?? "", cut }), { mode: 0o600 });
    },
    remove() {
      handle.close();
      rmSync(path, { recursive: true, force: true });
    },
    forget: () => rmSync(notePath, { force: true }),
  };
}

/** Ends processes of an earlier host that did not stop in order, and clears their folders. `onCut`: what they printed may not all have come. Pid and start time together name no other process. */
export function clearLeftovers(root: string, onCut: (cut: CutLog) => void): number {
  let ended = 0;
  for (const file of readdirSync(root)) {
    const path = join(root, file);
    const note = file.endsWith(noteSuffix) ? readNote(path) : null;
    if (note && endNoted(note)) ended += 1;
    // Before its note is gone: this host may be killed as well.
    if (note?.cut) onCut(note.cut);
    rmSync(path, { recursive: true, force: true });
  }
  return ended;
}

function readNote(path: string): z.infer<typeof Note> | null {
  return Note.safeParse(parseJson(readFileSync(path, "utf8"))).data ?? null;
}

function endNoted(note: z.infer<typeof Note>): boolean {
  if (note.startTicks === "" || startTicks(note.pid) !== note.startTicks) return false;
  try {
    process.kill(note.pid, "SIGKILL");
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
