// Walks an archive's local headers: entries must lie back to back from the first byte to the directory, and say the same as it does.
import { type ArchiveEntry, flagBits, type LocatedEntry, methods } from "./archive-entry";
import { refuseBundle, shownName } from "./bundle-refusal";
import { type ExtraField, readExtraFields, zip64FieldOf } from "./extra-fields";
import { type Directory, hasDescriptor } from "./read-directory";

const headerBytes = 30;
const headerSignature = 0x04034b50;
const descriptorSignature = 0x08074b50;
const noFields: readonly ExtraField[] = [];
const unknown32 = 0xffffffff;
const comparedFlags =
  flagBits.encrypted | flagBits.strongEncryption | flagBits.maskedHeader | flagBits.descriptor | flagBits.utf8;
/** What a reader without the directory takes for the end of an entry. */
const endMarks = [
  Buffer.from([0x50, 0x4b, 0x07, 0x08]),
  Buffer.from([0x50, 0x4b, 0x03, 0x04]),
  Buffer.from([0x50, 0x4b, 0x01, 0x02]),
];

/** The entries with the place of their data, in the directory's order. Throws a bundle refusal on overlap, gap or disagreement. */
export function locateEntries(zip: Buffer, directory: Directory): LocatedEntry[] {
  const located = directory.entries.map((entry) => locateEntry(zip, entry, directory.directoryOffset));
  const byOffset = located.toSorted((a, b) => a.localOffset - b.localOffset);
  if (byOffset[0] && byOffset[0].localOffset !== 0) throw refuseBundle("bundle_prepended_data");
  byOffset.forEach((entry, index) => {
    assertFillsUpTo(zip, entry, byOffset[index + 1]?.localOffset ?? directory.directoryOffset);
  });
  return located;
}

function locateEntry(zip: Buffer, entry: ArchiveEntry, directoryOffset: number): LocatedEntry {
  const at = entry.localOffset;
  const shown = () => shownName(entry.nameRaw.toString("utf8"));
  if (at + headerBytes > directoryOffset || zip.readUInt32LE(at) !== headerSignature)
    throw refuseBundle("bundle_header_mismatch", shown());
  const nameBytes = zip.readUInt16LE(at + 26);
  const extraBytes = zip.readUInt16LE(at + 28);
  const dataStart = at + headerBytes + nameBytes + extraBytes;
  if (dataStart + entry.compressedBytes > directoryOffset) throw refuseBundle("bundle_overlap", shown());
  const localExtraFields = extraBytes === 0 ? noFields : readExtraFields(zip.subarray(dataStart - extraBytes, dataStart));
  const agrees =
    zip.subarray(at + headerBytes, at + headerBytes + nameBytes).equals(entry.nameRaw) &&
    (zip.readUInt16LE(at + 6) & comparedFlags) === (entry.flags & comparedFlags) &&
    zip.readUInt16LE(at + 8) === entry.method &&
    sizesAgree(zip, entry, localExtraFields);
  if (!agrees) throw refuseBundle("bundle_header_mismatch", shown());
  return Object.assign(entry, { dataStart, localExtraFields });
}

/** With a descriptor behind the data the local header may leave checksum and sizes at zero. */
function sizesAgree(zip: Buffer, entry: ArchiveEntry, fields: readonly ExtraField[]): boolean {
  const at = entry.localOffset;
  const crc32 = zip.readUInt32LE(at + 14);
  let compressedBytes = zip.readUInt32LE(at + 18);
  let sizeBytes = zip.readUInt32LE(at + 22);
  const wide = fields.length === 0 ? null : zip64FieldOf(fields);
  if (wide === "ambiguous") return false;
  // A local zip64 field always holds both sizes (APPNOTE 4.5.3), and some readers take them unasked.
  const large = wide && wide.length >= 16 ? [wide.readBigUInt64LE(0), wide.readBigUInt64LE(8)].map(Number) : null;
  if (compressedBytes === unknown32 || sizeBytes === unknown32) {
    if (!large) return false;
    if (sizeBytes === unknown32) sizeBytes = large[0] ?? 0;
    if (compressedBytes === unknown32) compressedBytes = large[1] ?? 0;
  } else if (large && !hasDescriptor(entry) && (large[0] !== sizeBytes || large[1] !== compressedBytes)) return false;
  // Tools that stream write what they know already, and zero for the rest.
  const agrees = (local: number, central: number) => local === central || (local === 0 && hasDescriptor(entry));
  return agrees(crc32, entry.crc32) && agrees(compressedBytes, entry.compressedBytes) && agrees(sizeBytes, entry.sizeBytes);
}

function assertFillsUpTo(zip: Buffer, entry: LocatedEntry, next: number): void {
  const dataEnd = entry.dataStart + entry.compressedBytes;
  const shown = () => shownName(entry.nameRaw.toString("utf8"));
  if (next < dataEnd) throw refuseBundle("bundle_overlap", shown());
  const rest = zip.subarray(dataEnd, next);
  if (!hasDescriptor(entry)) {
    if (rest.length > 0) throw refuseBundle("bundle_hidden_data", shown());
    return;
  }
  if (!isDescriptorOf(rest, entry)) throw refuseBundle("bundle_hidden_data", shown());
  const stored = entry.method === methods.store ? zip.subarray(entry.dataStart, dataEnd) : null;
  if (stored && endMarks.some((mark) => stored.includes(mark))) throw refuseBundle("bundle_ambiguous_length", shown());
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
