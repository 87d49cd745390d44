// Reads an archive's central directory, refusing what makes different readers see different archives.
import { type Entry, fromBuffer, type ZipFile } from "yauzl";
import type { ArchiveEntry } from "./archive-entry";
import { flagBits } from "./archive-entry";
import { refuseBundle } from "./bundle-refusal";

export type Directory = { entries: ArchiveEntry[]; directoryOffset: number };

const endBytes = 22;
const endSignature = 0x06054b50;
const zip64LocatorBytes = 20;
const zip64LocatorSignature = 0x07064b50;
const commentBytesMax = 0xffff;
const entryBytes = 46;
const entryDiskOffset = 34;

/** Every entry in the order of the directory, at most `entriesMax`. Rejects with a bundle refusal. */
export async function readDirectory(zip: Buffer, entriesMax: number): Promise<Directory> {
  if (zip.length === 0) throw refuseBundle("bundle_empty");
  const end = findEnd(zip);
  if (end.entryCount > entriesMax) throw refuseBundle("bundle_too_many_entries", entriesMax.toLocaleString("en"));
  if (end.directoryOffset + end.directoryBytes !== end.offset) throw refuseBundle("bundle_broken");
  const zipEntries = await listEntries(zip);
  assertDirectoryIsWhole(zip, zipEntries, end);
  return { entries: zipEntries.map(toArchiveEntry), directoryOffset: end.directoryOffset };
}

type End = { offset: number; entryCount: number; directoryBytes: number; directoryOffset: number };

/** The end record must be the last thing of the file but for its own comment. */
function findEnd(zip: Buffer): End {
  const lowest = Math.max(0, zip.length - endBytes - commentBytesMax);
  const offset = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]), zip.length - endBytes);
  if (zip.length < endBytes || offset < lowest || zip.readUInt32LE(offset) !== endSignature)
    throw refuseBundle("bundle_not_a_zip");
  if (offset + endBytes + zip.readUInt16LE(offset + 20) !== zip.length) throw refuseBundle("bundle_trailing_data");
  const locator = offset - zip64LocatorBytes;
  if (locator >= 0 && zip.readUInt32LE(locator) === zip64LocatorSignature) throw refuseBundle("bundle_zip64");
  const [disk, directoryDisk, countHere, entryCount] = [4, 6, 8, 10].map((at) => zip.readUInt16LE(offset + at));
  if (disk !== 0 || directoryDisk !== 0 || countHere !== entryCount) throw refuseBundle("bundle_multi_disk");
  return {
    offset,
    entryCount: entryCount ?? 0,
    directoryBytes: zip.readUInt32LE(offset + 12),
    directoryOffset: zip.readUInt32LE(offset + 16),
  };
}

/** Names stay raw bytes: we judge them ourselves, by stricter rules and with our own words. */
function listEntries(zip: Buffer): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: false, decodeStrings: false, validateEntrySizes: false };
    fromBuffer(zip, options, (error: Error | null, file: ZipFile) => {
      if (error) return reject(refusalOf(error));
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
    cursor += entryBytes + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
  }
  if (cursor !== end.offset) throw refuseBundle("bundle_broken");
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

/** Whether an entry's sizes and checksum stand behind its data instead of before it. */
export function hasDescriptor(entry: ArchiveEntry): boolean {
  return (entry.flags & flagBits.descriptor) !== 0;
}
