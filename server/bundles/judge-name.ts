// Judges one name of an archive: what it is called inside the bundle, or why it may not be called so (MISSION C2).
import { flagBits, type LocatedEntry } from "./archive-entry";
import { refuseBundle, shownName } from "./bundle-refusal";
import { unicodePathsOf } from "./extra-fields";

/** A judged name: NFC, `/`-separated, relative, without a trailing slash; empty for "./", the bundle's own folder. */
export type JudgedName = { path: string; hasTrailingSlash: boolean; warning?: string };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Looked at before anything is made of the name, so that a hostile one costs nothing. */
const rawBytesMax = 2_048;
const pathCharactersMax = 512;
const segmentBytesMax = 255;
const depthMax = 32;

/** Means the same in every encoding, normal form and case rule; most names are of this kind. */
const plain = /^[A-Za-z0-9_\-./ +@,=()[\]{}~#!&'$^;]+$/;
/** Control characters, line separators, direction marks, zero-width and unpaired surrogates, fillers without a shape. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u3164\uffa0]|\u034f|\u17b4|\u17b5/u;
/** An empty or "." part. */
const oddPart = /(^|\/)\.?(\/|$)/;
/** A colon, a trailing dot or space, or a word that names a device of Windows, with any ending. */
const unportable = /:|[. ](\/|$)|(^|\/)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.[^/]*)?(\/|$)/i;

/** Rejects by throwing a bundle refusal. */
export function judgeName(entry: LocatedEntry): JudgedName {
  if (entry.nameRaw.length === 0) throw refuseBundle("bundle_name_empty");
  if (entry.nameRaw.length > rawBytesMax) throw refuseBundle("bundle_name_too_long", shownName(entry.nameRaw.toString("latin1")));
  const decoded = decode(entry);
  const isPlain = plain.test(decoded);
  if (!isPlain && unseen.test(decoded)) throw refuseBundle("bundle_name_control", shownName(decoded));
  for (const reading of isPlain ? [decoded] : readingsOf(decoded)) assertStaysInside(reading, decoded);
  const hasTrailingSlash = decoded.endsWith("/");
  const dotted = decoded.startsWith("./");
  const path = decoded.slice(dotted ? 2 : 0, hasTrailingSlash ? -1 : undefined).normalize("NFC");
  if (decoded !== "./") assertPortable(path, decoded);
  return { path, hasTrailingSlash, ...(dotted ? { warning: 'Names began with "./"; that was dropped.' } : {}) };
}

/**
 * Many tools write UTF-8 without saying so. Anything else is refused, because nobody knows what it says, but for a name in an old
 * code page beside which Info-ZIP's field 0x7075 gives the same in UTF-8. Where both can be read they must agree.
 */
function decode(entry: LocatedEntry): string {
  const header = tryUtf8(entry.nameRaw);
  const fields = [...entry.extraFields, ...entry.localExtraFields];
  const seconds = fields.length === 0 ? [] : unicodePathsOf(fields, entry.nameRaw);
  const isOldCodePage = header === null && (entry.flags & flagBits.utf8) === 0;
  const name = header ?? (isOldCodePage ? tryUtf8(seconds.find(({ isTrusted }) => isTrusted)?.raw) : null);
  if (name === null || name === "") throw refuseBundle("bundle_name_encoding", shownName(entry.nameRaw.toString("latin1")));
  for (const { raw } of seconds) {
    if (tryUtf8(raw) !== name) throw refuseBundle("bundle_name_ambiguous", shownName(name));
  }
  return name;
}

function tryUtf8(raw: Buffer | undefined): string | null {
  if (raw === undefined) return null;
  try {
    return utf8.decode(raw);
  } catch {
    return null;
  }
}

/** The name as written, and as somebody might read it who decodes percent signs, takes overlong forms or folds look-alikes. */
function readingsOf(name: string): string[] {
  const readings = [name, withoutLookAlikes(name)];
  let percent = name;
  for (let round = 0; round < 3 && percent.includes("%"); round += 1) {
    percent = withoutOverlongForms(percent.replace(/%u([0-9a-f]{4})|%([0-9a-f]{2})/gi, characterOf));
    readings.push(percent, withoutLookAlikes(percent));
  }
  return readings;
}

function characterOf(_match: string, wide: string | undefined, narrow: string | undefined): string {
  return String.fromCharCode(Number.parseInt(wide ?? narrow ?? "", 16));
}

/** What a careless decoder makes of a character of one byte that is spread over two or three. */
function withoutOverlongForms(bytes: string): string {
  return bytes.replace(/[\xc0\xc1]([\x80-\xbf])|\xe0([\x80\x81])([\x80-\xbf])/g, (form, two, high, low) =>
    two
      ? String.fromCharCode(((form.charCodeAt(0) & 0x1f) << 6) | (two.charCodeAt(0) & 0x3f))
      : String.fromCharCode(((high.charCodeAt(0) & 0x3f) << 6) | (low.charCodeAt(0) & 0x3f)),
  );
}

/** By compatibility, and by the "best fit" tables of Windows, which make slashes of what Unicode keeps apart. */
function withoutLookAlikes(name: string): string {
  return name
    .normalize("NFKC")
    .replace(/[\u2044\u2215\u29f8]/g, "/")
    .replace(/[\u2216\u29f5]/g, "\\");
}

function assertStaysInside(reading: string, name: string): void {
  if (/^[\\/]{2}/.test(reading)) throw refuseBundle("bundle_name_unc", shownName(name));
  if (reading.startsWith("/")) throw refuseBundle("bundle_name_absolute", shownName(name));
  if (/^[a-z]:/i.test(reading)) throw refuseBundle("bundle_name_drive", shownName(name));
  if (reading.includes("..") && reading.split(/[\\/]/).includes(".."))
    throw refuseBundle("bundle_name_traversal", shownName(name));
  if (reading.includes("\\")) throw refuseBundle("bundle_name_backslash", shownName(name));
  if (reading.includes("\0")) throw refuseBundle("bundle_name_control", shownName(name));
}

function assertPortable(path: string, name: string): void {
  if (path.length > pathCharactersMax) throw refuseBundle("bundle_name_too_long", shownName(name));
  if (oddPart.test(path)) throw refuseBundle("bundle_name_odd", shownName(name));
  // No character takes more than three bytes a UTF-16 unit, so a short path has no long part.
  const segments = path.split("/");
  const isLong = segments.length > depthMax || (path.length * 3 > segmentBytesMax && segments.some(isLongSegment));
  if (isLong) throw refuseBundle("bundle_name_too_long", shownName(name));
  if (unportable.test(path)) throw refuseBundle("bundle_name_reserved", shownName(name));
}

function isLongSegment(segment: string): boolean {
  return Buffer.byteLength(segment) > segmentBytesMax;
}
