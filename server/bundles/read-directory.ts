// Reads an archive's central directory, refusing what makes different readers see different archives.
import { type Entry, fromBuffer, type ZipFile } from "yauzl";
import type { ArchiveEntry } from "./archive-entry";
import { flagBits } from "./archive-entry";
import { refuseBundle, shownName } from "./bundle-refusal";
import { zip64FieldOf } from "./extra-fields";
import { type End, findEnd } from "./find-end";

export type Directory = { entries: ArchiveEntry[]; directoryOffset: number; paddingBytes: number };

const entryBytes = 46;
const entryDiskOffset = 34;
const unknown32 = 0xffffffff;

/** Every entry in the order of the directory, at most `entriesMax`. Rejects with a bundle refusal. */
export async function readDirectory(zip: Buffer, entriesMax: number): Promise<Directory> {
  const end = findEnd(zip);
  if (end.entryCount > entriesMax) throw refuseBundle("bundle_too_many_entries", entriesMax.toLocaleString("en"));
  const zipEntries = await listEntries(zip.subarray(0, end.archiveBytes), end.entryCount);
  assertDirectoryIsWhole(zip, zipEntries, end);
  return {
    entries: zipEntries.map(toArchiveEntry),
    directoryOffset: end.directoryOffset,
    paddingBytes: zip.length - end.archiveBytes,
  };
}

/** Names stay raw bytes: we judge them ourselves, by stricter rules and with our own words. */
function listEntries(zip: Buffer, entryCount: number): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: false, decodeStrings: false, validateEntrySizes: false };
    fromBuffer(zip, options, (error: Error | null, file: ZipFile) => {
      if (error) return reject(refusalOf(error));
      // It reads the end record by itself: the two readings must be one.
      if (file.entryCount !== entryCount) return reject(refuseBundle("bundle_broken"));
      const entries: Entry[] = [];
      file.on("entry", (entry: Entry) => entries.push(entry));
      file.on("end", () => resolve(entries));
      file.on("error", (broken: Error) => reject(refusalOf(broken)));
    });
  });
}

function refusalOf(error: Error) {
  return error.message.includes("strong encryption")
    ? refuseBundle("bundle_encrypted", "One of the files")
    : refuseBundle("bundle_broken");
}

/** The entries must fill the directory to its last byte, or some lie behind the counted ones. */
function assertDirectoryIsWhole(zip: Buffer, entries: Entry[], end: End): void {
  let cursor = end.directoryOffset;
  for (const entry of entries) {
    if (zip.readUInt16LE(cursor + entryDiskOffset) !== 0) throw refuseBundle("bundle_multi_disk");
    if (entry.extraFieldLength > 0) assertWideFieldAgrees(zip, cursor, entry);
    cursor += entryBytes + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
  }
  if (cursor !== end.directoryEnd) throw refuseBundle("bundle_broken");
}

function toArchiveEntry(entry: Entry): ArchiveEntry {
  return {
    nameRaw: entry.fileName as unknown as Buffer, // with decodeStrings off
    flags: entry.generalPurposeBitFlag,
    method: entry.compressionMethod,
    crc32: entry.crc32,
    compressedBytes: entry.compressedSize,
    sizeBytes: entry.uncompressedSize,
    mode: entry.externalFileAttributes >>> 16,
    dosAttributes: entry.externalFileAttributes & 0xffff,
    localOffset: entry.relativeOffsetOfLocalHeader,
    extraFields: entry.extraFields,
  };
}

/**
 * A zip64 field holds what the header leaves open, in this order (APPNOTE 4.5.3), and nothing else; or, as some tools write it, everything.
 * Some readers take it even where the header leaves nothing open, so it must say the same.
 */
function assertWideFieldAgrees(zip: Buffer, headerAt: number, entry: Entry): void {
  const wide = zip64FieldOf(entry.extraFields);
  if (wide === null) return;
  const values = [entry.uncompressedSize, entry.compressedSize, entry.relativeOffsetOfLocalHeader];
  const leftOpen = [24, 20, 42].filter((at) => zip.readUInt32LE(headerAt + at) === unknown32);
  const agrees =
    wide !== "ambiguous" &&
    ((leftOpen.length > 0 && wide.length === leftOpen.length * 8) ||
      values.every((value, index) => wide.length < index * 8 + 8 || Number(wide.readBigUInt64LE(index * 8)) === value));
  if (!agrees) throw refuseBundle("bundle_zip64", shownName((entry.fileName as unknown as Buffer).toString("utf8")));
}

/** Whether an entry's sizes and checksum stand behind its data instead of before it. */
export function hasDescriptor(entry: ArchiveEntry): boolean {
  return (entry.flags & flagBits.descriptor) !== 0;
}
