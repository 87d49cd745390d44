// Finds the one end of an archive and where it says the directory lies; an archive that ends in two ways is refused.
import { refuseBundle } from "./bundle-refusal";

export type End = {
  entryCount: number;
  directoryOffset: number;
  /** The first byte behind the directory. */
  directoryEnd: number;
  /** The archive without the padding behind it. */
  archiveBytes: number;
};

type Said = { disk: number; directoryDisk: number; countHere: number; entryCount: number; bytes: number; offset: number };

const endBytes = 22;
const endSignature = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
const commentBytesMax = 0xffff;
/** Disks, tapes and some proxies fill up the last block; nobody else writes behind the end. */
const paddingBytesMax = 512;
const locatorBytes = 20;
const locatorSignature = 0x07064b50;
const wideEndBytes = 56;
const wideEndSignature = 0x06064b50;

/** Throws a bundle refusal. */
export function findEnd(zip: Buffer): End {
  if (zip.length === 0) throw refuseBundle("bundle_empty");
  const offset = findRecord(zip);
  const narrow = readNarrow(zip, offset);
  const locator = offset - locatorBytes;
  const isWide = locator >= 0 && zip.readUInt32LE(locator) === locatorSignature;
  const said = isWide ? readWide(zip, narrow, locator) : narrow;
  if (said.disk !== 0 || said.directoryDisk !== 0 || said.countHere !== said.entryCount) throw refuseBundle("bundle_multi_disk");
  const directoryEnd = isWide ? locator - wideEndBytes : offset;
  if (said.offset + said.bytes !== directoryEnd) throw refuseBundle("bundle_broken");
  return { entryCount: said.entryCount, directoryOffset: said.offset, directoryEnd, archiveBytes: endOf(zip, offset) };
}

/** The one end record; a comment that holds another would let each reader choose its archive. */
function findRecord(zip: Buffer): number {
  const records = listRecords(zip);
  if (records.length === 0) throw refuseBundle("bundle_not_a_zip");
  const [fitting, ...more] = records.filter((offset) => isPadding(zip, endOf(zip, offset)));
  if (fitting === undefined) throw refuseBundle("bundle_trailing_data");
  if (more.length > 0 || fitting !== records[0]) throw refuseBundle("bundle_two_ends");
  return fitting;
}

function endOf(zip: Buffer, offset: number): number {
  return offset + endBytes + zip.readUInt16LE(offset + 20);
}

/** Every place that looks like an end record, the last one first: readers search from the back. */
function listRecords(zip: Buffer): number[] {
  const lowest = Math.max(0, zip.length - endBytes - commentBytesMax - paddingBytesMax);
  const tail = zip.subarray(lowest);
  const found: number[] = [];
  for (let at = tail.length - endBytes; at >= 0; at -= 1) {
    at = tail.lastIndexOf(endSignature, at);
    if (at < 0) break;
    found.push(lowest + at);
  }
  return found;
}

function isPadding(zip: Buffer, from: number): boolean {
  return from <= zip.length && zip.length - from <= paddingBytesMax && zip.subarray(from).every((byte) => byte === 0);
}

function readNarrow(zip: Buffer, at: number): Said {
  return {
    disk: zip.readUInt16LE(at + 4),
    directoryDisk: zip.readUInt16LE(at + 6),
    countHere: zip.readUInt16LE(at + 8),
    entryCount: zip.readUInt16LE(at + 10),
    bytes: zip.readUInt32LE(at + 12),
    offset: zip.readUInt32LE(at + 16),
  };
}

/** Zip64 says everything again, wider: it must lie where it is looked for, and agree with what `narrow` does not leave open. */
function readWide(zip: Buffer, narrow: Said, locator: number): Said {
  const at = locator - wideEndBytes;
  const isInPlace =
    at >= 0 &&
    zip.readUInt32LE(at) === wideEndSignature &&
    Number(zip.readBigUInt64LE(at + 4)) === wideEndBytes - 12 &&
    zip.readUInt32LE(locator + 4) === 0 &&
    Number(zip.readBigUInt64LE(locator + 8)) === at &&
    zip.readUInt32LE(locator + 16) <= 1;
  if (!isInPlace) throw refuseBundle("bundle_zip64");
  const wide: Said = {
    disk: zip.readUInt32LE(at + 16),
    directoryDisk: zip.readUInt32LE(at + 20),
    countHere: Number(zip.readBigUInt64LE(at + 24)),
    entryCount: Number(zip.readBigUInt64LE(at + 32)),
    bytes: Number(zip.readBigUInt64LE(at + 40)),
    offset: Number(zip.readBigUInt64LE(at + 48)),
  };
  for (const key of Object.keys(wide) as (keyof Said)[]) {
    const leftOpen = key === "bytes" || key === "offset" ? 0xffffffff : 0xffff;
    if (narrow[key] !== leftOpen && narrow[key] !== wide[key]) throw refuseBundle("bundle_zip64");
  }
  return wide;
}
