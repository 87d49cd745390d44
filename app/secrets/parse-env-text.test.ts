// What people paste reads as npm's dotenv reads it; what cannot be set is named with its reason, and no reason holds a value.
import { parse } from "dotenv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEnvText } from "./parse-env-text";

const valuesOf = (text: string) => Object.fromEntries(parseEnvText(text).entries.map(({ name, value }) => [name, value]));
const reasonsOf = (text: string) => parseEnvText(text).refusals.map(({ name, line, reason }) => `${name}@${line}: ${reason}`);

describe("pasted text", () => {
  it.each([
    ["plain", "A=1\nB=two words\n"],
    ["export and spaces", "export A=1\n  export   B = 2\n"],
    ["a byte order mark and carriage returns", "\uFEFFA=1\r\nB=2\r\n"],
    ["comments", "# head\nA=1 # tail\nB='# no comment'\n#C=3\n"],
    ["quotes", `A="x y"\nB='x"y'\nC=\`x'"y\`\n`],
    ["several lines in quotes", 'KEY="-----BEGIN KEY-----\nabc=\n-----END KEY-----"\nB=2\n'],
    [
      "escapes, which mean something only in double quotes",
      `${String.raw`A="one\ntwo"`}\n${String.raw`B='one\ntwo'`}\nC=one\\ntwo\n`,
    ],
    ["equals signs, hashes in urls and unicode", "A=a=b==\nB=https://x.example/?q=1\nC=grüße-日本\n"],
    ["a colon", "A: 1\n"],
    ["the last of two", "A=1\nA=2\n"],
    ["no line end", "A=1"],
  ])("reads as dotenv reads it: %s", (_, text) => {
    expect(valuesOf(text)).toEqual(parse(text));
  });

  it("of any well-formed file reads as dotenv reads it", () => {
    const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,10}$/);
    const plain = fc.stringMatching(/^[A-Za-z0-9_:/.@+=-]{1,30}$/).filter((text) => !/^[='"`]/.test(text));
    const inner = fc
      .stringMatching(/^[A-Za-z0-9 #=$!\n\\nr-]{1,30}$/)
      .filter((text) => text.trim() === text && !text.includes("\\"));
    const written = fc.oneof(
      plain,
      inner.map((text) => `"${text}"`),
      inner.map((text) => `'${text}'`),
      inner.map((text) => `\`${text}\``),
    );
    const line = fc.record({
      export: fc.constantFrom("", "export "),
      name,
      equals: fc.constantFrom("=", " = ", "= "),
      written,
      tail: fc.constantFrom("", " # note", "\n", "\n# note"),
    });
    const file = fc.record({ lines: fc.array(line, { maxLength: 12 }), end: fc.constantFrom("\n", "\r\n") });
    fc.assert(
      fc.property(file, ({ lines, end }) => {
        const text = lines
          .map((at) => `${at.export}${at.name}${at.equals}${at.written}${at.tail}`)
          .join("\n")
          .replaceAll("\n", end);
        expect(valuesOf(text)).toEqual(parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it("names what cannot be set, with the line and the reason", () => {
    const text = ["A=1", "lower=2", "EMPTY=", "just words", 'OPEN="no end', "B=1", "B=2", `LONG=${"x".repeat(16_385)}`].join(
      "\n",
    );
    expect(valuesOf(text)).toEqual({ A: "1", B: "2" });
    expect(reasonsOf(text)).toEqual([
      "lower@2: Use capital letters, digits and underscores, for example OPENAI_API_KEY.",
      "EMPTY@3: It has no value.",
      "null@4: Not of the form NAME=value.",
      "OPEN@5: Its quote is not closed.",
      "B@6: Given again on line 7, which counts.",
      "LONG@8: A value has at most 16 KiB.",
    ]);
  });

  it("takes a hundred at once and says which are left", () => {
    const text = Array.from({ length: 102 }, (_, place) => `KEY_${place}=x`).join("\n");
    const { entries, refusals } = parseEnvText(text);
    expect(entries).toHaveLength(100);
    expect(refusals.map(({ name }) => name)).toEqual(["KEY_100", "KEY_101"]);
  });

  it("never tells a value in what it says of a refusal, whatever is pasted", () => {
    const secret = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
    const pem = `KEY=-----BEGIN PRIVATE KEY-----\n${secret}\n${secret}==\n-----END PRIVATE KEY-----\n`;
    expect(JSON.stringify(parseEnvText(pem).refusals)).not.toContain("MIIE");
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (noise) => {
        const { refusals } = parseEnvText(`A="${secret}"\n${noise}\nbad name=${secret}\n1BAD=${secret}\n${secret}\n`);
        expect(JSON.stringify(refusals)).not.toContain(secret);
      }),
      { numRuns: 500 },
    );
  });

  it("that is longer than any such file is not read", () => {
    expect(reasonsOf("x".repeat(200_001))).toEqual(["null@1: The text is too long: at most 200,000 characters."]);
  });
});
