// The extra fields of an entry (APPNOTE 4.5): what they are, and what some of them would make other readers believe.
import { crc32 } from "node:zlib";

export type ExtraField = { id: number; data: Buffer };

const ids = { zip64: 0x0001, pkwareUnix: 0x000d, asiUnix: 0x756e, unicodePath: 0x7075 } as const;

/** In their order; what does not add up behind the last whole field is padding, as zipalign writes it. */
export function readExtraFields(bytes: Buffer): ExtraField[] {
  const fields: ExtraField[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readUInt16LE(at + 2);
    if (end > bytes.length) break;
    fields.push({ id: bytes.readUInt16LE(at), data: bytes.subarray(at + 4, end) });
    at = end;
  }
  return fields;
}

/** Old Unix fields name the target of a link in an entry that looks like a plain file: behind times and owners, or with a mode of its own. */
export function namesLinkOrDevice(fields: readonly ExtraField[]): boolean {
  return fields.some(({ id, data }) => {
    if (id === ids.pkwareUnix) return data.length > 12;
    if (id !== ids.asiUnix) return false;
    const type = data.length >= 6 ? data.readUInt16LE(4) & 0o170000 : 0;
    return data.length > 14 || (type !== 0 && type !== 0o100000 && type !== 0o040000);
  });
}

/**
 * The names of Info-ZIP's field 0x7075 that a reader would take in place of the header's. A checksum that does not fit means
 * that the field is out of date, and readers ignore it; some do not look, so it is answered all the same, as untrusted.
 */
export function unicodePathsOf(fields: readonly ExtraField[], nameRaw: Buffer): { raw: Buffer; isTrusted: boolean }[] {
  return fields
    .filter(({ id }) => id === ids.unicodePath)
    .map(({ data }) => ({
      raw: data.subarray(5),
      isTrusted: data.length > 5 && data[0] === 1 && data.readUInt32LE(1) === crc32(nameRaw),
    }));
}

/** The one zip64 field; `ambiguous` when there are several, of which each reader takes another. */
export function zip64FieldOf(fields: readonly ExtraField[]): Buffer | null | "ambiguous" {
  const found = fields.filter(({ id }) => id === ids.zip64);
  if (found.length > 1) return "ambiguous";
  return found[0]?.data ?? null;
}
