// Undoes the escapes that programs put into text, one at a time: `%41`, `+`, `&#65;`, `\u0041`, and the line breaks of folded text.

/** `text` is what the first `taken` units of an begun mean; null: more units are needed to tell. */
export type Decoded = { text: string; taken: number } | null;

export type MaskDecoder = {
  /** The units that may begin an begun. All of them are ASCII. */
  begins: string;
  /** `begun` starts with one of `begins` and is at most 16 units long. At the end of a text nothing more will come. */
  read(begun: string, isEnd: boolean): Decoded;
};

/** Each reads the text in its own way, so that a value that itself holds `%41` is found as well as one that was escaped. */
export const maskDecoders: readonly MaskDecoder[] = [
  { begins: "%", read: readPercent },
  { begins: "%+", read: (begun, isEnd) => (begun[0] === "+" ? { text: " ", taken: 1 } : readPercent(begun, isEnd)) },
  { begins: "&", read: readEntity },
  { begins: "\\", read: readBackslash },
  { begins: "\r\n", read: () => ({ text: "", taken: 1 }) },
];

const literal = (begun: string): Decoded => ({ text: begun.charAt(0), taken: 1 });

/** `%41`, or as many of them as one character has bytes in UTF-8. */
function readPercent(begun: string, isEnd: boolean): Decoded {
  const first = Number.parseInt(begun.slice(1, 3), 16);
  const isWhole = /^%[0-9a-f]{2}/i.test(begun);
  if (!isWhole) return !isEnd && /^%[0-9a-f]?$/i.test(begun) ? null : literal(begun);
  const taken = 3 * byteCount(first);
  if (begun.length < taken) return !isEnd && /^(?:%[0-9a-f]{2})+(?:%[0-9a-f]?)?$/i.test(begun) ? null : literal(begun);
  try {
    return { text: decodeURIComponent(begun.slice(0, taken)), taken };
  } catch {
    return literal(begun);
  }
}

function byteCount(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

/** Names of the ASCII marks in HTML; other characters are escaped by number. */
const entities: Readonly<Record<string, string>> = {
  amp: "&",
  AMP: "&",
  lt: "<",
  LT: "<",
  gt: ">",
  GT: ">",
  quot: '"',
  QUOT: '"',
  apos: "'",
  nbsp: " ",
  Tab: "\t",
  NewLine: "\n",
  excl: "!",
  num: "#",
  dollar: "$",
  percnt: "%",
  lpar: "(",
  rpar: ")",
  ast: "*",
  plus: "+",
  comma: ",",
  period: ".",
  sol: "/",
  colon: ":",
  semi: ";",
  equals: "=",
  quest: "?",
  commat: "@",
  lsqb: "[",
  lbrack: "[",
  bsol: "\\",
  rsqb: "]",
  rbrack: "]",
  Hat: "^",
  lowbar: "_",
  grave: "`",
  lcub: "{",
  lbrace: "{",
  vert: "|",
  verbar: "|",
  rcub: "}",
  rbrace: "}",
};

function readEntity(begun: string, isEnd: boolean): Decoded {
  if (!isEnd && /^&(?:#\d{0,8}|#x[0-9a-f]{0,8}|[a-z]{0,8})$/i.test(begun)) return null;
  const [whole = "", decimal, hex, name = ""] = /^&(?:#(\d{1,8})|#x([0-9a-f]{1,8})|([a-z]{2,8})(?=;));?/i.exec(begun) ?? [];
  const point = decimal ? Number.parseInt(decimal, 10) : Number.parseInt(hex ?? "", 16);
  const text = Number.isNaN(point) ? entities[name] : fromPoint(point);
  return text === undefined ? literal(begun) : { text, taken: whole.length };
}

function fromPoint(point: number): string | undefined {
  return point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
}

const controls: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v", "0": "\0" };

/** JSON, JavaScript and the shell: what follows a backslash and has no meaning of its own stands for itself. */
function readBackslash(begun: string, isEnd: boolean): Decoded {
  if (!isEnd && /^\\(?:u(?:[0-9a-f]{0,3}|\{[0-9a-f]{0,6})|x[0-9a-f]?)?$/i.test(begun)) return null;
  const [whole = "", four, braced, two] = /^\\(?:u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|x([0-9a-f]{2}))/i.exec(begun) ?? [];
  const digits = four ?? braced ?? two;
  const text = digits === undefined ? undefined : fromPoint(Number.parseInt(digits, 16));
  if (text !== undefined) return { text, taken: whole.length };
  const next = begun.charAt(1);
  return next === "" ? literal(begun) : { text: controls[next] ?? next, taken: 2 };
}
