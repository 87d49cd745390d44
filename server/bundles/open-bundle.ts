// A stored bundle, looked into without unpacking it: where each of its files lies in the zip.
import type { LocatedEntry } from "./archive-entry";
import { type BundleLimits, readArchive } from "./read-archive";

export type OpenedBundle = { zip: Buffer; entries: ReadonlyMap<string, LocatedEntry> };

/**
 * What the upload door let in by the plan of that day stays readable on a smaller plan. The directory is bounded all the same: the
 * format itself (no zip64) ends at this many entries.
 */
const formatLimits: BundleLimits = {
  bundleBytesMax: 0xffffffff,
  extractedBytesMax: 0xffffffff,
  fileBytesMax: 0xffffffff,
  filesMax: 0xffff,
};

/** `zip` must have been held against its recorded digest. Rejects with a bundle refusal. */
export async function openBundle(zip: Buffer): Promise<OpenedBundle> {
  const { files } = await readArchive(zip, formatLimits);
  return { zip, entries: new Map(files.map(({ path, entry }) => [path, entry])) };
}
