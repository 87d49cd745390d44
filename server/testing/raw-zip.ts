// Writes zips byte by byte, with every field open to a lie: the hostile archives of tests are made from here.
import { crc32, deflateRawSync } from "node:zlib";

export type RawEntry = {
  name: string | Buffer;
  data?: string | Buffer;
  /** 0 stores, 8 deflates; others only change the header. */
  method?: number;
  flags?: number;
  /** Unix mode, type bits included. */
  mode?: number;
  dosAttributes?: number;
  extra?: Buffer;
  disk?: number;
  /** What stands there in place of the packed data. */
  packed?: Buffer;
  /** Lies told in both headers. */
  crc?: number;
  sizeBytes?: number;
  compressedBytes?: number;
  /** Written over the directory's own header only: what a later reader sees, and a streaming one does not. */
  central?: { crc?: number; sizeBytes?: number; compressedBytes?: number; method?: number; flags?: number };
  /** Lies told in the local header only. */
  local?: {
    name?: string | Buffer;
    method?: number;
    flags?: number;
    crc?: number;
    sizeBytes?: number;
    compressedBytes?: number;
    extra?: Buffer;
  };
  /** Checksum and sizes behind the data: with or without signature, 4 or 8 bytes a size. */
  descriptor?: "signed" | "bare" | "signed64" | "bare64" | "lying";
  /** The directory points here instead. */
  localOffset?: number;
  /** Bytes that belong to nobody, behind this entry. */
  gap?: Buffer;
};

export type RawZipOptions = {
  prepend?: Buffer;
  append?: Buffer;
  comment?: Buffer;
  /** Overrides of the end record. */
  end?: {
    disk?: number;
    directoryDisk?: number;
    countHere?: number;
    count?: number;
    directoryBytes?: number;
    directoryOffset?: number;
  };
  /** The directory lists the entries from the last to the first. */
  isReversed?: boolean;
  /** Bytes between the directory and the end record. */
  beforeEnd?: Buffer;
  /** Writes the zip64 records, with these lies; the end record then leaves its own fields open, or repeats them. */
  wide?: WideLies & { repeats?: boolean };
};

type WideLies = {
  recordBytes?: number;
  disk?: number;
  countHere?: number;
  count?: number;
  directoryBytes?: number;
  directoryOffset?: number;
  /** Where the locator points, and how many disks it knows. */
  recordOffset?: number;
  disks?: number;
};

/** A zip of these entries, exactly as told. */
export function rawZip(entries: RawEntry[], options: RawZipOptions = {}): Buffer {
  const pieces: Buffer[] = [options.prepend ?? Buffer.alloc(0)];
  const directory: Buffer[] = [];
  let offset = pieces[0]?.length ?? 0;
  for (const entry of entries) {
    const facts = factsOf(entry);
    const local = [localHeader(entry, facts), facts.packed, descriptorOf(entry, facts), entry.gap ?? Buffer.alloc(0)];
    directory.push(directoryHeader(entry, facts, entry.localOffset ?? offset));
    pieces.push(...local);
    offset += local.reduce((sum, piece) => sum + piece.length, 0);
  }
  const directoryBytes = Buffer.concat(options.isReversed ? directory.toReversed() : directory);
  const facts = { count: entries.length, directoryBytes: directoryBytes.length, directoryOffset: offset };
  const wide = options.wide ? wideEnd(facts, options.wide) : Buffer.alloc(0);
  const beforeEnd = options.beforeEnd ?? Buffer.alloc(0);
  return Buffer.concat([
    ...pieces,
    directoryBytes,
    beforeEnd,
    wide,
    endRecord(facts, options),
    options.append ?? Buffer.alloc(0),
  ]);
}

/** The bytes of one extra field. */
export function extraField(id: number, data: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(id, 0);
  header.writeUInt16LE(data.length, 2);
  return Buffer.concat([header, data]);
}

/** The zip64 field with these values, in this order. */
export function zip64Field(...values: number[]): Buffer {
  const data = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => void data.writeBigUInt64LE(BigInt(value), index * 8));
  return extraField(1, data);
}

type Facts = {
  name: Buffer;
  packed: Buffer;
  crc: number;
  sizeBytes: number;
  compressedBytes: number;
  method: number;
  flags: number;
};

function factsOf(entry: RawEntry): Facts {
  const data = Buffer.from(entry.data ?? "");
  const method = entry.method ?? 8;
  const packed = entry.packed ?? (method === 8 && data.length > 0 ? deflateRawSync(data) : data);
  return {
    name: Buffer.from(entry.name),
    packed,
    crc: entry.crc ?? crc32(data),
    sizeBytes: entry.sizeBytes ?? data.length,
    compressedBytes: entry.compressedBytes ?? packed.length,
    method: method === 8 && data.length === 0 && !entry.packed ? 0 : method,
    flags: (entry.flags ?? 0x800) | (entry.descriptor ? 8 : 0),
  };
}

function localHeader(entry: RawEntry, facts: Facts): Buffer {
  const lie = entry.local ?? {};
  const name = lie.name === undefined ? facts.name : Buffer.from(lie.name);
  const extra = lie.extra ?? Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(lie.flags ?? facts.flags, 6);
  header.writeUInt16LE(lie.method ?? facts.method, 8);
  header.writeUInt32LE(lie.crc ?? (entry.descriptor ? 0 : facts.crc), 14);
  header.writeUInt32LE(lie.compressedBytes ?? (entry.descriptor ? 0 : facts.compressedBytes), 18);
  header.writeUInt32LE(lie.sizeBytes ?? (entry.descriptor ? 0 : facts.sizeBytes), 22);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

function descriptorOf(entry: RawEntry, facts: Facts): Buffer {
  if (!entry.descriptor) return Buffer.alloc(0);
  const isWide = entry.descriptor.endsWith("64");
  const body = Buffer.alloc(isWide ? 20 : 12);
  body.writeUInt32LE(entry.descriptor === "lying" ? (facts.crc ^ 1) >>> 0 : facts.crc, 0);
  if (isWide) {
    body.writeBigUInt64LE(BigInt(facts.compressedBytes), 4);
    body.writeBigUInt64LE(BigInt(facts.sizeBytes), 12);
  } else {
    body.writeUInt32LE(facts.compressedBytes, 4);
    body.writeUInt32LE(facts.sizeBytes, 8);
  }
  const signature = Buffer.from([0x50, 0x4b, 0x07, 0x08]);
  return entry.descriptor.startsWith("bare") ? body : Buffer.concat([signature, body]);
}

function directoryHeader(entry: RawEntry, facts: Facts, offset: number): Buffer {
  const extra = entry.extra ?? Buffer.alloc(0);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(entry.mode === undefined ? 20 : (3 << 8) | 20, 4);
  header.writeUInt16LE(20, 6);
  const lie = entry.central ?? {};
  header.writeUInt16LE(lie.flags ?? facts.flags, 8);
  header.writeUInt16LE(lie.method ?? facts.method, 10);
  header.writeUInt32LE(lie.crc ?? facts.crc, 16);
  header.writeUInt32LE(lie.compressedBytes ?? facts.compressedBytes, 20);
  header.writeUInt32LE(lie.sizeBytes ?? facts.sizeBytes, 24);
  header.writeUInt16LE(facts.name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt16LE(entry.disk ?? 0, 34);
  header.writeUInt32LE((((entry.mode ?? 0) << 16) | (entry.dosAttributes ?? 0)) >>> 0, 38);
  header.writeUInt32LE(offset, 42);
  return Buffer.concat([header, facts.name, extra]);
}

type EndFacts = { count: number; directoryBytes: number; directoryOffset: number };

/** Zip64's own end record, and the locator that says where it is. */
function wideEnd(facts: EndFacts, lie: WideLies): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(BigInt(lie.recordBytes ?? 44), 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeUInt32LE(lie.disk ?? 0, 16);
  const values = [lie.countHere ?? lie.count ?? facts.count, lie.count ?? facts.count];
  values.push(lie.directoryBytes ?? facts.directoryBytes, lie.directoryOffset ?? facts.directoryOffset);
  values.forEach((value, index) => void record.writeBigUInt64LE(BigInt(value), 24 + index * 8));
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(lie.recordOffset ?? facts.directoryOffset + facts.directoryBytes), 8);
  locator.writeUInt32LE(lie.disks ?? 1, 16);
  return Buffer.concat([record, locator]);
}

function endRecord(facts: EndFacts, options: RawZipOptions): Buffer {
  const lie = options.end ?? {};
  const isOpen = options.wide !== undefined && options.wide.repeats !== true;
  const [open16, open32] = isOpen ? [0xffff, 0xffffffff] : [undefined, undefined];
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(lie.disk ?? 0, 4);
  end.writeUInt16LE(lie.directoryDisk ?? 0, 6);
  end.writeUInt16LE(lie.countHere ?? lie.count ?? open16 ?? facts.count, 8);
  end.writeUInt16LE(lie.count ?? open16 ?? facts.count, 10);
  end.writeUInt32LE(lie.directoryBytes ?? open32 ?? facts.directoryBytes, 12);
  end.writeUInt32LE(lie.directoryOffset ?? open32 ?? facts.directoryOffset, 16);
  end.writeUInt16LE(options.comment?.length ?? 0, 20);
  return Buffer.concat([end, options.comment ?? Buffer.alloc(0)]);
}
