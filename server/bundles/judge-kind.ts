// Judges what one entry of an archive is: only plain files and folders, plainly packed, come in (MISSION C2).
import { type ArchiveEntry, flagBits, type LocatedEntry, methods } from "./archive-entry";
import { refuseBundle, shownName } from "./bundle-refusal";
import { namesLinkOrDevice } from "./extra-fields";
import type { JudgedName } from "./judge-name";

const typeMask = 0o170000;
const types = { none: 0, regular: 0o100000, directory: 0o040000, symlink: 0o120000 } as const;
const setIdBits = 0o6000;
const dosDirectory = 0x10;
const aesMethod = 99;
const encryptionBits = flagBits.encrypted | flagBits.strongEncryption | flagBits.maskedHeader;

/** Below this a file is too small for its ratio to mean anything. */
const ratioFreeBytes = 1024 * 1024;
/** Text rarely shrinks below a thirtieth; deflate's own limit is 1,032. */
export const ratioMax = 200;

/** Deflate adds five bytes to 16 KiB that it cannot shrink; empty blocks add without end, and hide what they like. */
const paddingFreeBytes = 1024;

export type KindLimits = { fileBytesMax: number };

/** Whether the entry is a folder. Throws a bundle refusal for anything that is neither file nor folder, or packed oddly. */
export function judgeKind(entry: LocatedEntry, name: JudgedName, limits: KindLimits): "file" | "directory" {
  const shown = () => shownName(name.path);
  if ((entry.flags & encryptionBits) !== 0 || entry.method === aesMethod) throw refuseBundle("bundle_encrypted", shown());
  if (entry.method !== methods.store && entry.method !== methods.deflate) throw refuseBundle("bundle_method", shown());
  assertPlainType(entry, shown);
  const isDirectory = isDirectoryByEverySign(entry, name, shown);
  if (isDirectory && (entry.sizeBytes > 0 || entry.compressedBytes > 2)) throw refuseBundle("bundle_type_mismatch", shown());
  assertSizes(entry, shown, limits);
  return isDirectory ? "directory" : "file";
}

function assertPlainType(entry: LocatedEntry, shown: () => string): void {
  const type = entry.mode & typeMask;
  if (type === types.symlink) throw refuseBundle("bundle_symlink", shown());
  if (type !== types.none && type !== types.regular && type !== types.directory)
    throw refuseBundle("bundle_special_file", shown());
  if (namesLinkOrDevice(entry.extraFields) || namesLinkOrDevice(entry.localExtraFields))
    throw refuseBundle("bundle_hard_link", shown());
  if ((entry.mode & setIdBits) !== 0 && type !== types.directory) throw refuseBundle("bundle_setuid", shown());
}

function isDirectoryByEverySign(entry: ArchiveEntry, name: JudgedName, shown: () => string): boolean {
  const type = entry.mode & typeMask;
  const saysDirectory = type === types.directory || (type === types.none && (entry.dosAttributes & dosDirectory) !== 0);
  if (saysDirectory && !name.hasTrailingSlash) throw refuseBundle("bundle_type_mismatch", shown());
  if (type === types.regular && name.hasTrailingSlash) throw refuseBundle("bundle_type_mismatch", shown());
  return name.hasTrailingSlash;
}

/** By what the headers say; `read-entry.ts` then holds the data to it while it inflates. */
function assertSizes(entry: ArchiveEntry, shown: () => string, limits: KindLimits): void {
  if (entry.sizeBytes > limits.fileBytesMax) throw refuseBundle("bundle_file_too_large", shown());
  if (entry.method === methods.store && entry.sizeBytes !== entry.compressedBytes)
    throw refuseBundle("bundle_size_mismatch", shown());
  if (entry.sizeBytes > ratioFreeBytes && entry.sizeBytes > entry.compressedBytes * ratioMax)
    throw refuseBundle("bundle_ratio", shown());
  if (entry.compressedBytes > entry.sizeBytes * 2 + paddingFreeBytes) throw refuseBundle("bundle_padded", shown());
}
