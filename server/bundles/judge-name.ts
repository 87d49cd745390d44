// Judges one name of an archive: what it is called inside the bundle, or why it may not be called so (MISSION C2).
import type { ArchiveEntry } from "./archive-entry";
import { refuseBundle, shownName } from "./bundle-refusal";

/** A judged name: NFC, `/`-separated, relative, without a trailing slash; empty for "./", the bundle's own folder. */
export type JudgedName = { path: string; hasTrailingSlash: boolean; warning?: string };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const unicodePathField = 0x7075;
const pathCharactersMax = 512;
const segmentBytesMax = 255;
const depthMax = 32;

/** Control characters, line separators, direction marks, zero-width and unpaired surrogates. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const reservedWord = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i;

/** Rejects by throwing a bundle refusal. */
export function judgeName(entry: ArchiveEntry): JudgedName {
  const decoded = decode(entry);
  if (decoded === "") throw refuseBundle("bundle_name_empty");
  if (unseen.test(decoded)) throw refuseBundle("bundle_name_control", shownName(decoded));
  assertSecondNameAgrees(entry, decoded);
  for (const reading of readingsOf(decoded)) assertStaysInside(reading, decoded);
  const hasTrailingSlash = decoded.endsWith("/");
  const dotted = decoded.startsWith("./");
  const path = decoded.slice(dotted ? 2 : 0, hasTrailingSlash ? -1 : undefined).normalize("NFC");
  if (decoded !== "./") assertPortable(path, decoded);
  return { path, hasTrailingSlash, ...(dotted ? { warning: 'Names began with "./"; that was dropped.' } : {}) };
}

/** Many tools write UTF-8 without saying so; anything else is refused, because nobody knows what it says. */
function decode(entry: ArchiveEntry): string {
  try {
    return utf8.decode(entry.nameRaw);
  } catch {
    throw refuseBundle("bundle_name_encoding", shownName(entry.nameRaw.toString("latin1")));
  }
}

/** Info-ZIP's extra field 0x7075 gives some readers another name than the one others see. */
function assertSecondNameAgrees(entry: ArchiveEntry, decoded: string): void {
  const fields = entry.extraFields.filter((field) => field.id === unicodePathField);
  for (const field of fields) {
    if (field.data.subarray(5).toString("utf8") !== decoded) throw refuseBundle("bundle_name_ambiguous", shownName(decoded));
  }
}

/** The name as written, and as somebody might read it who decodes percent signs or folds look-alike characters. */
function readingsOf(name: string): string[] {
  const readings = [name, name.normalize("NFKC")];
  let percent = name;
  for (let round = 0; round < 3 && percent.includes("%"); round += 1) {
    percent = percent.replace(/%([0-9a-f]{2})/gi, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    readings.push(percent, percent.normalize("NFKC"));
  }
  return readings;
}

function assertStaysInside(reading: string, name: string): void {
  const shown = shownName(name);
  if (/^[\\/]{2}/.test(reading)) throw refuseBundle("bundle_name_unc", shown);
  if (reading.startsWith("/")) throw refuseBundle("bundle_name_absolute", shown);
  if (/^[a-z]:/i.test(reading)) throw refuseBundle("bundle_name_drive", shown);
  if (reading.split(/[\\/]/).includes("..")) throw refuseBundle("bundle_name_traversal", shown);
  if (reading.includes("\\")) throw refuseBundle("bundle_name_backslash", shown);
  if (reading.includes("\0")) throw refuseBundle("bundle_name_control", shown);
}

function assertPortable(path: string, name: string): void {
  const segments = path.split("/");
  const shown = shownName(name);
  if (path.length > pathCharactersMax || segments.length > depthMax) throw refuseBundle("bundle_name_too_long", shown);
  for (const segment of segments) {
    if (segment === "" || segment === ".") throw refuseBundle("bundle_name_odd", shown);
    if (Buffer.byteLength(segment) > segmentBytesMax) throw refuseBundle("bundle_name_too_long", shown);
    if (/[:]|[. ]$/.test(segment) || reservedWord.test(segment)) throw refuseBundle("bundle_name_reserved", shown);
  }
}
