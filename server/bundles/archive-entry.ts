// One line of an archive's central directory, as it stands there: nothing of it is believed yet.
import type { ExtraField } from "./extra-fields";

export type ArchiveEntry = {
  nameRaw: Buffer;
  flags: number;
  method: number;
  crc32: number;
  compressedBytes: number;
  sizeBytes: number;
  /** Unix mode: the upper half of the external attributes; 0 when the tool wrote none. */
  mode: number;
  dosAttributes: number;
  localOffset: number;
  extraFields: readonly ExtraField[];
};

export const flagBits = { encrypted: 0x1, descriptor: 0x8, strongEncryption: 0x40, utf8: 0x800, maskedHeader: 0x2000 } as const;
export const methods = { store: 0, deflate: 8 } as const;

/** Where one entry's bytes lie, after its two descriptions were found to agree. */
export type LocatedEntry = ArchiveEntry & { dataStart: number; localExtraFields: readonly ExtraField[] };

/** One regular file of the bundle under its judged path. */
export type ArchiveFile = { path: string; entry: LocatedEntry };
