// How much disk the sessions of one agent take, and what of it is empty.
import type { Dirent } from "node:fs";
import { lstat, opendir, rm } from "node:fs/promises";
import { join } from "node:path";

export type StateUsage = { usedBytes: number; maxBytes: number };

/** Files looked at together. */
const batchSize = 64;
const blockBytes = 512;

/** A database of one page has no table, so nothing was ever kept in it. */
const emptyBytesMax = 4_096;

/** Bytes that the files below `path` occupy; what goes away meanwhile counts nothing. */
export async function measureState(path: string): Promise<number> {
  let bytes = 0;
  await forEachFile(path, async (file) => {
    const found = await lstat(file).catch(() => null);
    bytes += (found?.blocks ?? 0) * blockBytes;
  });
  return bytes;
}

/** Removes sessions that were opened and never written. Only while no process has them open. */
export async function pruneEmptySessions(path: string): Promise<number> {
  let pruned = 0;
  await forEachFile(path, async (file) => {
    if (!file.endsWith(".sqlite") || (await sizeOf(file)) > emptyBytesMax || (await sizeOf(`${file}-wal`)) > 0) return;
    for (const ending of ["", "-wal", "-shm"]) await rm(`${file}${ending}`, { force: true });
    pruned += 1;
  });
  return pruned;
}

async function sizeOf(file: string): Promise<number> {
  return (await lstat(file).catch(() => null))?.size ?? 0;
}

async function forEachFile(path: string, act: (file: string) => Promise<void>): Promise<void> {
  let batch: Promise<void>[] = [];
  for await (const entry of await opendir(path, { recursive: true })) {
    if (!entry.isFile()) continue;
    batch.push(act(pathOf(entry)));
    if (batch.length < batchSize) continue;
    await Promise.all(batch);
    batch = [];
  }
  await Promise.all(batch);
}

function pathOf({ parentPath, name }: Dirent): string {
  return join(parentPath, name);
}
