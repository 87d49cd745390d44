// Unpacks a checked bundle into a private directory, by the same judgement as the check: nothing is written outside it.
import { constants } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ArchiveFile } from "./archive-entry";
import { type BundleLimits, readArchive } from "./read-archive";
import { readEntry } from "./read-entry";

/** `directory` must exist, be empty and belong to nobody else. Files get mode 0600, folders 0700. Rejects with a bundle refusal. */
export async function extractBundle(zip: Buffer, limits: BundleLimits, directory: string): Promise<void> {
  const archive = await readArchive(zip, limits);
  const made = new Set<string>();
  for (const file of archive.files) {
    const folder = dirname(join(directory, file.path));
    if (!made.has(folder)) await mkdir(folder, { recursive: true, mode: 0o700 });
    made.add(folder);
    await extractFile(zip, file, join(directory, file.path));
  }
}

/** Never follows a link and never overwrites: every name was judged to be its own. */
async function extractFile(zip: Buffer, file: ArchiveFile, place: string): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle: FileHandle = await open(place, flags, 0o600);
  try {
    await readEntry(zip, file.entry, async (bytes) => void (await handle.writeFile(bytes)));
  } finally {
    await handle.close();
  }
}
