// Unpacks a checked bundle into a private directory, by the same judgement as the check: nothing is written outside it.
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ArchiveFile } from "./archive-entry";
import { type BundleLimits, readArchive } from "./read-archive";
import { readEntry } from "./read-entry";

/**
 * `directory` must exist, be empty and belong to nobody else. Files get mode 0600, folders 0700. Rejects with a bundle refusal; then
 * the directory is gone with all that was in it.
 */
export async function extractBundle(zip: Buffer, limits: BundleLimits, directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const root = rootOf(handle, directory);
    if ((await readdir(root)).length > 0) throw new Error(`${directory} is not empty, so nothing is unpacked into it`);
    await unpack(zip, limits, root).catch(async (error) => {
      await rm(directory, { recursive: true, force: true });
      throw error;
    });
  } finally {
    await handle.close();
  }
}

async function unpack(zip: Buffer, limits: BundleLimits, root: string): Promise<void> {
  const { files } = await readArchive(zip, limits);
  await writeFiles(zip, files, root);
}

/** The directory that was opened, whatever its path may come to mean meanwhile; where the system has no such name, its path. */
function rootOf(handle: FileHandle, directory: string): string {
  return process.platform === "linux" ? `/proc/self/fd/${handle.fd}` : directory;
}

async function writeFiles(zip: Buffer, files: ArchiveFile[], root: string): Promise<void> {
  const made = new Set([root]);
  for (const file of files) {
    const place = join(root, file.path);
    await makeFolder(dirname(place), made);
    await writeFile(zip, file, place);
  }
}

/** Each folder is made once and by us: one that is there already is somebody else's. */
async function makeFolder(folder: string, made: Set<string>): Promise<void> {
  if (made.has(folder)) return;
  await makeFolder(dirname(folder), made);
  await mkdir(folder, { mode: 0o700 });
  made.add(folder);
}

/** Never follows a link and never overwrites: every name was judged to be its own. */
async function writeFile(zip: Buffer, file: ArchiveFile, place: string): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(place, flags, 0o600);
  try {
    await readEntry(zip, file.entry, async (bytes) => void (await handle.writeFile(bytes)));
  } finally {
    await handle.close();
  }
}
