// Judges a whole archive before one byte is unpacked: names, kinds, layout, sizes; what is left are the bundle's files.
import type { ArchiveFile, LocatedEntry } from "./archive-entry";
import { refuseBundle, shownName } from "./bundle-refusal";
import { dropWrapping } from "./drop-wrapping";
import { judgeKind, ratioMax } from "./judge-kind";
import { judgeName } from "./judge-name";
import { locateEntries } from "./locate-entries";
import { createNameLedger } from "./name-ledger";
import { readDirectory } from "./read-directory";

/** What a plan allows; `plans.ts` holds the numbers. */
export type BundleLimits = { bundleBytesMax: number; extractedBytesMax: number; fileBytesMax: number; filesMax: number };

export type Archive = { files: ArchiveFile[]; warnings: string[] };

/** Below this the ratio of a whole archive means nothing. */
const ratioFreeBytes = 10 * 1024 * 1024;

/** Rejects with a bundle refusal. Nothing has been unpacked when it resolves. */
export async function readArchive(zip: Buffer, limits: BundleLimits): Promise<Archive> {
  // Folders are entries as well, so there may be more entries than files, but not without bound.
  const directory = await readDirectory(zip, limits.filesMax * 2);
  const entries = locateEntries(zip, directory);
  const { files, warnings } = judgeEntries(entries, limits);
  assertTotals(files, zip.length, limits);
  const unwrapped = dropWrapping(files);
  if (unwrapped.files.length === 0) throw refuseBundle("bundle_no_files");
  const padding = directory.paddingBytes === 0 ? [] : ["The archive is followed by empty bytes; they were ignored."];
  return { files: unwrapped.files, warnings: [...warnings, ...padding, ...unwrapped.warnings] };
}

function judgeEntries(entries: LocatedEntry[], limits: BundleLimits): Archive {
  const ledger = createNameLedger();
  const warnings = new Set<string>();
  const files: ArchiveFile[] = [];
  for (const entry of entries) {
    const name = judgeName(entry);
    const kind = judgeKind(entry, name, limits);
    if (name.path !== "") ledger.add(name.path, kind);
    if (name.warning) warnings.add(name.warning);
    if (kind === "file") files.push({ path: name.path, entry });
  }
  return { files, warnings: [...warnings] };
}

function assertTotals(files: ArchiveFile[], zipBytes: number, limits: BundleLimits): void {
  if (files.length > limits.filesMax) throw refuseBundle("bundle_too_many_entries", limits.filesMax.toLocaleString("en"));
  const total = files.reduce((sum, file) => sum + file.entry.sizeBytes, 0);
  if (total > limits.extractedBytesMax) {
    throw refuseBundle("bundle_too_large", `${Math.floor(limits.extractedBytesMax / 1024 / 1024)} MiB`);
  }
  const largest = files.reduce((a, b) => (b.entry.sizeBytes > a.entry.sizeBytes ? b : a), files[0] as ArchiveFile);
  if (total > ratioFreeBytes && total > zipBytes * ratioMax) throw refuseBundle("bundle_ratio", shownName(largest.path));
}
