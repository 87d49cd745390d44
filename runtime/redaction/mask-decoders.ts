// Undoes the escapes that programs put into text, one at a time: `%41`, `+`, `&#65;`, `\u0041`, and the line breaks of folded text.
import { htmlNames } from "./html-names";

/** All units that begin an escape are ASCII. */
export const asciiUnits = 128;
/** What an escape means that is left out, such as a line break in folded text. */
export const nothing = -1;

const escapeUnitsMax = 16;
const [percent, ampersand, backslash, plus, space] = [0x25, 0x26, 0x5c, 0x2b, 0x20];
const [hash, semicolon, openBrace, closeBrace, letterU, letterX] = [0x23, 0x3b, 0x7b, 0x7d, 0x75, 0x78];

/** An escape as far as it has come. Numbers instead of text: hostile text holds nothing else, and costs no more. */
export class Escape {
  length = 0;
  /** Nothing more will come. */
  isEnd = false;
  /** What the last reading found: a code point, or `nothing`. */
  point = 0;
  private readonly units = new Uint16Array(escapeUnitsMax);

  unit(place: number): number {
    return this.units[place] ?? 0;
  }

  copy(other: Escape): void {
    this.length = other.length;
    for (let place = 0; place < other.length; place += 1) this.units[place] = other.unit(place);
  }

  push(unit: number): void {
    this.units[this.length] = unit;
    this.length += 1;
  }

  drop(count: number): void {
    this.length -= count;
    for (let place = 0; place < this.length; place += 1) this.units[place] = this.units[place + count] ?? 0;
  }

  /** It means `point`, and is `taken` units long. */
  means(point: number, taken: number): number {
    this.point = point;
    return taken;
  }

  /** Its first unit is no begun. */
  stands(): number {
    return this.means(this.unit(0), 1);
  }

  /** It came to the end of what is here and may go on. */
  waits(): number {
    return this.isEnd ? this.stands() : 0;
  }

  text(from: number, to: number): string {
    return String.fromCharCode(...this.units.subarray(from, to));
  }
}

export type MaskDecoder = {
  /** For each ASCII unit whether it may begin an begun. */
  begins: Uint8Array;
  /** The units at which it leaves what it follows: the plain reading, or the decoder at this place of the list. */
  leavesAt: string;
  follows: number | null;
  /** How many units the escape has that stands in front; 0: more are needed to tell. Sets `point`. It is at most 12 units long. */
  read(begun: Escape): number;
};

const decoder = (begins: string, read: MaskDecoder["read"]): MaskDecoder => {
  const table = new Uint8Array(asciiUnits);
  for (const char of begins) table[char.charCodeAt(0)] = 1;
  return { begins: table, leavesAt: begins, follows: null, read };
};

const readForm = (begun: Escape) => (begun.unit(0) === plus ? begun.means(space, 1) : readPercent(begun));

/** Each reads the text in its own way, so that a value that itself holds `%41` is found as well as one that was escaped. */
export const maskDecoders: readonly MaskDecoder[] = [
  decoder("%", readPercent),
  // It takes a text apart like the one before and differs only in what a plus means, so that it need not read percent signs again.
  { ...decoder("%+", readForm), leavesAt: "+", follows: 0 },
  decoder("&", readEntity),
  decoder("\\", readBackslash),
  decoder("\r\n", (begun) => begun.means(nothing, 1)),
];

/** Every unit that may begin an begun. */
export const escapeMarks = String.fromCharCode(percent, plus, ampersand, backslash, 0x0d, 0x0a);

/** `%41`, or as many of them as one character has bytes in UTF-8 (RFC 3629: no longer spelling than needed, no half of a pair). */
function readPercent(begun: Escape): number {
  let [point, bytes] = [0, 1];
  for (let nth = 0; nth < bytes; nth += 1) {
    const at = 3 * nth;
    if (at < begun.length && begun.unit(at) !== percent) return begun.stands();
    const [high, low] = [digitOf(begun, at + 1), digitOf(begun, at + 2)];
    if (high === noDigit || low === noDigit) return begun.stands();
    if (high === notHere || low === notHere) return begun.waits();
    const byte = 16 * high + low;
    if (nth > 0 && (byte & 0xc0) !== 0x80) return begun.stands();
    if (nth === 0) bytes = byteCount(byte);
    if (bytes === 0) return begun.stands();
    point = nth === 0 ? byte & (bytes === 1 ? 0x7f : 0xff >> (bytes + 1)) : (point << 6) | (byte & 0x3f);
  }
  const isProper = point >= (leastOf[bytes] ?? 0) && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  return isProper ? begun.means(point, 3 * bytes) : begun.stands();
}

/** By how many bytes a character is written: the least point. */
const leastOf = [0, 0, 0x80, 0x800, 0x10000];

/** Of the character that this byte begins; 0: none does. */
function byteCount(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

const noDigit = -1;
const notHere = -2;

/** The value of the hexadecimal digit at this place. */
function digitOf(begun: Escape, place: number): number {
  if (place >= begun.length) return notHere;
  const unit = begun.unit(place);
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : noDigit;
}

type Digits = { from: number; base: number; max: number };

/** Sets `point` to their value; answers the place behind them, which is `from` when there is none. */
function readDigits(begun: Escape, { from, base, max }: Digits): number {
  let [at, value] = [from, 0];
  for (; at < from + max; at += 1) {
    const digit = digitOf(begun, at);
    if (digit < 0 || digit >= base) break;
    value = value * base + digit;
  }
  begun.point = value;
  return at;
}

const codePointMax = 0x10ffff;
const referenceDigitsMax = 8;
const nameLettersMax = 8;

function readEntity(begun: Escape): number {
  if (begun.length === 1) return begun.waits();
  return begun.unit(1) === hash ? readReference(begun) : readName(begun);
}

/** `&#65;` and `&#x41;`, also without the semicolon. */
function readReference(begun: Escape): number {
  const isHex = (begun.unit(2) | 0x20) === letterX && begun.length > 2;
  const from = isHex ? 3 : 2;
  const end = readDigits(begun, { from, base: isHex ? 16 : 10, max: referenceDigitsMax });
  if (end === begun.length && !begun.isEnd) return 0;
  if (end === from || begun.point > codePointMax) return begun.stands();
  return begun.unit(end) === semicolon && end < begun.length ? end + 1 : end;
}

function readName(begun: Escape): number {
  let at = 1;
  while (at < begun.length && at <= nameLettersMax && isLetter(begun.unit(at))) at += 1;
  if (at === begun.length) return begun.waits();
  if (begun.unit(at) !== semicolon) return begun.stands();
  const meant = htmlNames.get(begun.text(1, at));
  return meant === undefined ? begun.stands() : begun.means(meant.charCodeAt(0), at + 1);
}

function isLetter(unit: number): boolean {
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

const controls: ReadonlyMap<number, number> = new Map(
  Object.entries({ n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v", "0": "\0" }).map(([name, meant]) => [
    name.charCodeAt(0),
    meant.charCodeAt(0),
  ]),
);

/** JSON, JavaScript and the shell: what follows a backslash and has no meaning of its own stands for itself. */
function readBackslash(begun: Escape): number {
  if (begun.length === 1) return begun.waits();
  const kind = begun.unit(1) | 0x20;
  const taken = kind === letterU ? readUnicode(begun) : kind === letterX ? readFixed(begun, 2) : noDigit;
  if (taken >= 0) return taken;
  const next = begun.unit(1);
  return begun.means(controls.get(next) ?? next, 2);
}

/** `\u0041` or `\u{41}`; `noDigit` when it is neither. */
function readUnicode(begun: Escape): number {
  if (begun.unit(2) !== openBrace || begun.length < 3) return readFixed(begun, 4);
  const end = readDigits(begun, { from: 3, base: 16, max: 6 });
  if (end === begun.length && !begun.isEnd) return 0;
  const isWhole = end > 3 && end < begun.length && begun.unit(end) === closeBrace && begun.point <= codePointMax;
  return isWhole ? end + 1 : noDigit;
}

function readFixed(begun: Escape, count: number): number {
  const end = readDigits(begun, { from: 2, base: 16, max: count });
  if (end === 2 + count) return end;
  return end === begun.length && !begun.isEnd ? 0 : noDigit;
}
