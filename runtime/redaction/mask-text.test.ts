// Secret values never leave in any usual spelling, however the text is cut, and ordinary text is untouched.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskPatterns } from "./mask-patterns";
import { compileMask, compileMaskInTurns, maskText } from "./mask-text";

const secret = "sk-Pâss/word+\"<&>'42";

function inPieces(values: string[], pieces: string[]): string {
  const mask = compileMask(values).open();
  return pieces.map((piece) => mask.push(piece)).join("") + mask.flush();
}

const percent = (text: string) => Buffer.from(text).toString("hex").replace(/../g, "%$&");
const every = (text: string, spell: (point: number) => string) =>
  [...text].map((char) => spell(char.codePointAt(0) ?? 0)).join("");

const spellings: Record<string, (text: string) => string> = {
  plain: (text) => text,
  base64: (text) => Buffer.from(text).toString("base64"),
  "base64 of a longer text": (text) => Buffer.from(`user:${text}`).toString("base64"),
  "base64 of a longer text that begins elsewhere": (text) => Buffer.from(`user::${text}!`).toString("base64"),
  base64url: (text) => Buffer.from(text).toString("base64url"),
  "base64 in lines": (text) => Buffer.from(text).toString("base64").replace(/.{10}/g, "$&\n"),
  "base64 in a query": (text) => encodeURIComponent(Buffer.from(text).toString("base64")),
  hex: (text) => Buffer.from(text).toString("hex"),
  "upper-case hex": (text) => Buffer.from(text).toString("hex").toUpperCase(),
  "a Buffer on a console": (text) =>
    `<Buffer ${Buffer.from(text)
      .toString("hex")
      .replace(/..(?!$)/g, "$& ")}>`,
  "a Buffer in JSON": (text) => JSON.stringify(Buffer.from(text)),
  url: encodeURIComponent,
  "lower-case url": (text) => encodeURIComponent(text).replace(/%../g, (percented) => percented.toLowerCase()),
  "url of every byte": percent,
  "half a url": (text) => encodeURI(text),
  form: (text) => new URLSearchParams({ key: text }).toString().slice(4),
  "url in a url": (text) => encodeURIComponent(encodeURIComponent(text)),
  json: (text) => JSON.stringify(text),
  "json in ascii": (text) =>
    every(text, (point) =>
      point < 127 && point > 62 && point !== 92 ? String.fromCodePoint(point) : `\\u${point.toString(16).padStart(4, "0")}`,
    ),
  "json in json": (text) => JSON.stringify(JSON.stringify(text)),
  "json in a url": (text) => encodeURIComponent(JSON.stringify(text)),
  "json in html": (text) => JSON.stringify(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;"),
  "a javascript string": (text) =>
    every(text, (point) => (point < 256 ? `\\x${point.toString(16).padStart(2, "0")}` : `\\u{${point.toString(16)}}`)),
  html: (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
  "html in decimals": (text) => every(text, (point) => `&#${point};`),
  "html in hexadecimals": (text) => every(text, (point) => `&#x${point.toString(16).toUpperCase()};`),
  "html without semicolons": (text) => every(text, (point) => `&#${String(point).padStart(7, "0")}`),
  "a shell's word": (text) => text.replace(/[^A-Za-z0-9]/g, "\\$&"),
  "lower case": (text) => text.toLowerCase(),
  backwards: (text) => [...text].reverse().join(""),
};

/** One after the other would find what two cuts at once do not, so the text comes unit by unit too. */
function waysToCut(text: string): string[][] {
  const cuts = Array.from({ length: text.length + 1 }, (_, cut) => [text.slice(0, cut), text.slice(cut)]);
  return [...cuts, text.split("")];
}

describe("masking secret values", () => {
  for (const [name, spell] of Object.entries(spellings)) {
    it(`masks a value written as ${name}, at every place it may be cut`, () => {
      const text = `before ${spell(secret)} after`;
      for (const pieces of waysToCut(text)) {
        const out = inPieces([secret], pieces);
        expect(out).toContain(maskText);
        expect(out.length, out).toBeLessThan("before ".length + 28 + maskText.length + " after".length);
        for (const other of Object.values(spellings)) expect(out).not.toContain(other(secret));
      }
    });
  }

  it("leaves text without a value exactly as it was, emoji cut in half included", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (pieces) => {
        const text = pieces.join("");
        fc.pre(!compileMask([secret]).mask(text).includes(maskText));
        expect(inPieces([secret], pieces)).toBe(text);
      }),
    );
  });

  it("gives the same text however it is cut", () => {
    const values = ["abcab", "cabab", "ababa-long-one", "bcabc"];
    const alphabet = fc.constantFrom("a", "b", "c", "-", "abcab", "ababa-long-one");
    fc.assert(
      fc.property(fc.array(alphabet), (pieces) => {
        const out = inPieces(values, pieces);
        expect(out).toBe(compileMask(values).mask(pieces.join("")));
        for (const value of values) expect(out).not.toContain(value);
      }),
      { numRuns: 2_000 },
    );
  });

  it("gives the same text however it is cut, and none of a value, among escapes of all kinds", () => {
    const values = ["ab%41+c d", "aab&#97;", "a\\nb\\u0041", "a b c d e", "\u00e4/ b=c d"];
    const marks = [
      "%",
      "%4",
      "%61",
      "%C3%A4",
      "+",
      "%20",
      "&",
      "&#9",
      "&#97;",
      "&amp;",
      "\\",
      "\\u00",
      "\\u0061",
      "\\x6",
      "\\x61",
      "\n",
    ];
    const ofAnyLength = Object.entries(spellings).filter(([name]) => name !== "lower case" && name !== "backwards");
    const escaped = values.flatMap((value) => ofAnyLength.map(([, spell]) => `(${spell(value)})`));
    const text = fc.oneof(fc.constantFrom(...marks, "a", "b", " ", "1", ";", "ä"), fc.constantFrom(...values, ...escaped));
    const compiled = compileMask(values);
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), (pieces) => {
        const [whole, mask] = [pieces.join(""), compiled.open()];
        const out = pieces.map((piece) => mask.push(piece)).join("") + mask.flush();
        expect(out).toBe(compiled.mask(whole));
        for (const value of [...values, ...escaped]) expect(out).not.toContain(value);
      }),
      { numRuns: 1_000 },
    );
  });

  it("holds back nothing but what may be the beginning of a value", () => {
    const mask = compileMask(["secret-value"]).open();
    expect(mask.push("hello sec")).toBe("hello ");
    expect(mask.push("ond")).toBe("second");
    expect(mask.push("secret-valu")).toBe("");
    expect(mask.push("e!")).toBe(`${maskText}!`);
  });

  it("masks overlapping values as one, so that the rest of neither shows", () => {
    expect(inPieces(["abcdef", "defghi"], ["xabcd", "efghiy"])).toBe(`x${maskText}y`);
    expect(inPieces(["abcde", "abcdefgh"], ["abcde", "fgh"])).toBe(maskText);
  });

  it("masks each line of a value with several lines", () => {
    const key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----";
    expect(inPieces([key], ["line: kqhkiG9w0BAQEF"])).toBe(`line: ${maskText}`);
  });

  it("does not decode: an escaped text that merely decodes to something else stays as it is", () => {
    const text = "%2541 &amp;lt; \\\\u0041";
    expect(inPieces([secret], [text])).toBe(text);
  });

  it("takes a value whose JSON holds half a character", () => {
    expect(inPieces(['{"apiKey":"\\ud83dabcdefgh"}'], ["x\ud83dabcdefghx"])).toBe(`x${maskText}x`);
  });

  it("does not mask values that are too short to tell", () => {
    expect(inPieces(["true", "1"], ["true is 1"])).toBe("true is 1");
  });
});

/** As much as an agent may have: 256 KiB, 16 KiB in one value. */
const shares: Record<string, string[]> = {
  "few long values": seeded(16, 16_384),
  "many values": seeded(200, 1_310),
  "many short lines": seeded(16, 14_563).map((value) => value.replace(/.{8}/g, "$&\n")),
};

describe.each(Object.entries(shares))("as much as an agent may have, in %s,", (_name, values) => {
  it("is masked whole, plain and in the usual encodings", () => {
    const mask = compileMask(values);
    // Of very many some from both ends: the shortest and the longest are the first and the last to find room.
    for (const value of [...values.slice(0, 6), ...values.slice(-6)]) {
      for (const spell of ["plain", "base64", "base64url", "hex", "upper-case hex", "base64 of a longer text", "url", "json"]) {
        const out = mask.mask(`before ${spellings[spell]?.(value)} after`);
        expect(out.length, `${spell}: ${out.slice(0, 60)}`).toBeLessThan("before ".length + 32 + maskText.length);
      }
    }
  });

  it("costs a bounded number of patterns, for all agents share the process that holds them", () => {
    const patterns = [...maskPatterns(values)].flat();
    expect(patterns.length).toBeLessThan(50_000);
    expect(patterns.reduce((sum, pattern) => sum + pattern.length, 0)).toBeLessThan(6_500_000);
  });

  it("lets the others have their turn after each value", async () => {
    let turns = 0;
    let isOn = true;
    const count = () => {
      turns += 1;
      if (isOn) setImmediate(count);
    };
    setImmediate(count);
    const mask = await compileMaskInTurns(values, 0);
    isOn = false;
    expect(turns).toBeGreaterThan(3 * values.length);
    expect(mask.mask(`x${values[0]}y`)).toBe(`x${maskText}y`);
  });
});

/** Letters and digits by chance, but the same each time. */
function seeded(count: number, length: number): string[] {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const units = fc
    .sample(fc.array(fc.nat({ max: 63 }), { minLength: 4_096, maxLength: 4_096, size: "max" }), { seed: 1, numRuns: 8 })
    .flat();
  const draw = (nth: number) => letters[units[(nth * 7 + (nth >> 9)) % units.length] ?? 0] ?? "a";
  return Array.from({ length: count }, (_, value) => Array.from({ length }, (_, place) => draw(value * length + place)).join(""));
}
