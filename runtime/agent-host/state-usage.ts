// How much disk the sessions of one agent take, and what of it is empty.
import { lstat, opendir, rm } from "node:fs/promises";
import { join } from "node:path";

export type StateUsage = { usedBytes: number; maxBytes: number };

/** Files looked at together. */
const batchSize = 64;
const blockBytes = 4_096;

/** A database of one page has no table, so nothing was ever kept in it. */
const emptyBytesMax = 4_096;

/** Bytes that the files below `path` occupy; what goes away meanwhile counts nothing. Above `enoughBytes` it stops counting. */
export async function measureState(path: string, enoughBytes = Number.POSITIVE_INFINITY): Promise<number> {
  let bytes = 0;
  await forEachFile(path, async (file) => {
    const found = await lstat(file).catch(() => null);
    // By length: many file systems say only later which blocks they gave.
    bytes += Math.ceil((found?.size ?? 0) / blockBytes) * blockBytes;
    return bytes <= enoughBytes;
  });
  return bytes;
}

/** Removes sessions that were opened and never written. Only while no process has them open. */
export async function pruneEmptySessions(path: string): Promise<number> {
  let pruned = 0;
  await forEachFile(path, async (file) => {
    if (!file.endsWith(".sqlite") || (await sizeOf(file)) > emptyBytesMax || (await sizeOf(`${file}-wal`)) > 0) return true;
    for (const ending of ["", "-wal", "-shm"]) await rm(`${file}${ending}`, { force: true });
    pruned += 1;
    return true;
  });
  return pruned;
}

async function sizeOf(file: string): Promise<number> {
  return (await lstat(file).catch(() => null))?.size ?? 0;
}

/** Until one of them answers false. The answer says whether all were seen. (`opendir` with `recursive` skips entries in Node 20.) */
async function forEachFile(path: string, act: (file: string) => Promise<boolean>): Promise<boolean> {
  let batch: Promise<boolean>[] = [];
  for await (const entry of await opendir(path)) {
    const file = join(path, entry.name);
    batch.push(entry.isDirectory() ? forEachFile(file, act) : act(file));
    if (batch.length < batchSize) continue;
    if ((await Promise.all(batch)).includes(false)) return false;
    batch = [];
  }
  return !(await Promise.all(batch)).includes(false);
}
