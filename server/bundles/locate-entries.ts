// Walks an archive's local headers: entries must lie back to back from the first byte to the directory, and say the same as it does.
import { type ArchiveEntry, flagBits, type LocatedEntry } from "./archive-entry";
import { refuseBundle, shownName } from "./bundle-refusal";
import { type Directory, hasDescriptor } from "./read-directory";

const headerBytes = 30;
const headerSignature = 0x04034b50;
const descriptorSignature = 0x08074b50;
const zip64Field = 0x0001;
const unknown32 = 0xffffffff;
const comparedFlags = flagBits.encrypted | flagBits.descriptor | flagBits.utf8;

/** The entries with the place of their data, in the directory's order. Throws a bundle refusal on overlap, gap or disagreement. */
export function locateEntries(zip: Buffer, directory: Directory): LocatedEntry[] {
  const located = directory.entries.map((entry) => locateEntry(zip, entry, directory.directoryOffset));
  const byOffset = [...located].sort((a, b) => a.localOffset - b.localOffset);
  if (byOffset[0] && byOffset[0].localOffset !== 0) throw refuseBundle("bundle_prepended_data");
  byOffset.forEach((entry, index) => {
    assertFillsUpTo(zip, entry, byOffset[index + 1]?.localOffset ?? directory.directoryOffset);
  });
  return located;
}

function locateEntry(zip: Buffer, entry: ArchiveEntry, directoryOffset: number): LocatedEntry {
  const at = entry.localOffset;
  const shown = shownName(entry.nameRaw.toString("utf8"));
  if (at + headerBytes > directoryOffset || zip.readUInt32LE(at) !== headerSignature)
    throw refuseBundle("bundle_header_mismatch", shown);
  const nameBytes = zip.readUInt16LE(at + 26);
  const extraBytes = zip.readUInt16LE(at + 28);
  const dataStart = at + headerBytes + nameBytes + extraBytes;
  if (dataStart + entry.compressedBytes > directoryOffset) throw refuseBundle("bundle_overlap", shown);
  const agrees =
    zip.subarray(at + headerBytes, at + headerBytes + nameBytes).equals(entry.nameRaw) &&
    (zip.readUInt16LE(at + 6) & comparedFlags) === (entry.flags & comparedFlags) &&
    zip.readUInt16LE(at + 8) === entry.method &&
    sizesAgree(zip, entry, dataStart - extraBytes, dataStart);
  if (!agrees) throw refuseBundle("bundle_header_mismatch", shown);
  return { ...entry, dataStart };
}

/** With a descriptor behind the data the local header may leave checksum and sizes at zero. */
function sizesAgree(zip: Buffer, entry: ArchiveEntry, extraStart: number, extraEnd: number): boolean {
  const at = entry.localOffset;
  const crc32 = zip.readUInt32LE(at + 14);
  let compressedBytes = zip.readUInt32LE(at + 18);
  let sizeBytes = zip.readUInt32LE(at + 22);
  if (compressedBytes === unknown32 || sizeBytes === unknown32) {
    const large = readZip64Sizes(zip.subarray(extraStart, extraEnd));
    if (!large) return false;
    if (sizeBytes === unknown32) sizeBytes = large.sizeBytes;
    if (compressedBytes === unknown32) compressedBytes = large.compressedBytes;
  }
  const isLeftOpen = hasDescriptor(entry) && crc32 === 0 && compressedBytes === 0 && sizeBytes === 0;
  return isLeftOpen || (crc32 === entry.crc32 && compressedBytes === entry.compressedBytes && sizeBytes === entry.sizeBytes);
}

/** A local zip64 field always holds both sizes (APPNOTE 4.5.3). */
function readZip64Sizes(extra: Buffer): { sizeBytes: number; compressedBytes: number } | null {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) !== zip64Field) continue;
    if (end > extra.length || end - at < 20) return null;
    return { sizeBytes: Number(extra.readBigUInt64LE(at + 4)), compressedBytes: Number(extra.readBigUInt64LE(at + 12)) };
  }
  return null;
}

function assertFillsUpTo(zip: Buffer, entry: LocatedEntry, next: number): void {
  const dataEnd = entry.dataStart + entry.compressedBytes;
  const shown = shownName(entry.nameRaw.toString("utf8"));
  if (next < dataEnd) throw refuseBundle("bundle_overlap", shown);
  const rest = zip.subarray(dataEnd, next);
  if (!hasDescriptor(entry)) {
    if (rest.length > 0) throw refuseBundle("bundle_hidden_data", shown);
    return;
  }
  if (!isDescriptorOf(rest, entry)) throw refuseBundle("bundle_hidden_data", shown);
}

/** Signature or none, sizes of 4 or 8 bytes: all four forms are met in the wild. */
function isDescriptorOf(rest: Buffer, entry: ArchiveEntry): boolean {
  const hasSignature = rest.length === 16 || rest.length === 24;
  if (!hasSignature && rest.length !== 12 && rest.length !== 20) return false;
  if (hasSignature && rest.readUInt32LE(0) !== descriptorSignature) return false;
  const body = hasSignature ? rest.subarray(4) : rest;
  const isWide = body.length === 20;
  const compressedBytes = isWide ? Number(body.readBigUInt64LE(4)) : body.readUInt32LE(4);
  const sizeBytes = isWide ? Number(body.readBigUInt64LE(12)) : body.readUInt32LE(8);
  return body.readUInt32LE(0) === entry.crc32 && compressedBytes === entry.compressedBytes && sizeBytes === entry.sizeBytes;
}
