// Every way a secret value is likely to be written by accident: plain, by line, and in the encodings that programs pass text around in.
// What only escapes single characters (URL, HTML, JSON) is undone while reading instead: see mask-decoders.ts.

export const maskedValueCharactersMin = 5;

/** Below these, upper case, lower case and backwards would hit ordinary words. */
const foldedCharactersMin = 12;
const lineCharactersMin = 8;

/** Encodings of very long values (certificates, key files) are left out: their plain lines are masked anyway. */
const encodedCharactersMax = 4_096;
/** Of all values together: the automaton of one agent is built in the process that all agents share. Short values come first. */
const encodedCharactersOfAllMax = 16_000;

/** Of all plain texts together. Beyond it single lines are not looked for, and of a value only the beginning is. */
const plainCharactersOfAllMax = 300_000;
const beginningCharacters = 64;

/** Distinct texts to look for. Values under {@link maskedValueCharactersMin} characters are skipped: masking them would shred ordinary text. */
export function maskPatterns(values: readonly string[]): string[] {
  const texts = [...new Set(values.flatMap(textsOf))].filter(isTelling).sort((a, b) => a.length - b.length);
  const patterns = new Set(boundedTexts(texts, new Set(values)));
  let encoded = 0;
  for (const text of texts) {
    encoded += text.length;
    if (text.length > encodedCharactersMax || encoded > encodedCharactersOfAllMax) break;
    for (const form of encodedForms(text).filter(isTelling)) patterns.add(form);
  }
  return [...patterns];
}

/** The shortest first. */
function boundedTexts(texts: readonly string[], values: ReadonlySet<string>): string[] {
  let characters = 0;
  return texts.flatMap((text) => {
    characters += text.length;
    if (characters <= plainCharactersOfAllMax) return [text];
    return values.has(text) ? [text.slice(0, beginningCharacters)] : [];
  });
}

function isTelling(text: string): boolean {
  return text.length >= maskedValueCharactersMin;
}

/** The value, and what programs take out of it before they use it. */
function textsOf(value: string): string[] {
  return [value, value.trim(), ...linesOf(value), ...passwordsOf(value), ...membersOf(value)];
}

/** Of a value with several lines (a key file), each line that is long enough to be telling, and all of them in one. */
function linesOf(value: string): string[] {
  if (!value.includes("\n")) return [];
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  return [...lines.filter((line) => line.length >= lineCharactersMin), lines.join(""), lines.join(" "), lines.join("\n")];
}

/** Of a connection string its password, as written and as meant. */
function passwordsOf(value: string): string[] {
  const [, written] = /^[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]{0,256}:([^\s@/]{1,1024})@/i.exec(value) ?? [];
  if (written === undefined) return [];
  try {
    return [written, decodeURIComponent(written)];
  } catch {
    return [written];
  }
}

const telling = /key|secret|token|pass|credential/i;

/** Of a JSON value (a service account's file) the members whose names say that they are secret. */
function membersOf(value: string): string[] {
  if (!value.trimStart().startsWith("{")) return [];
  try {
    const found: string[] = [];
    JSON.parse(value, (name, member: unknown) => {
      // A key's id is in many public places; the key is not.
      if (typeof member === "string" && telling.test(name) && !/id$/i.test(name)) found.push(member, ...linesOf(member));
      return member;
    });
    return found;
  } catch {
    return [];
  }
}

function encodedForms(text: string): string[] {
  const bytes = Buffer.from(text, "utf8");
  const hex = bytes.toString("hex");
  const json = JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(text);
  return [
    hex,
    hex.toUpperCase(),
    // A Buffer as consoles show it, and as JSON holds it.
    hex.replace(/..(?!$)/g, "$& "),
    bytes.join(","),
    bytes.join(", "),
    ...base64Forms(bytes),
    ...(text.length >= foldedCharactersMin ? [text.toLowerCase(), text.toUpperCase(), [...text].reverse().join("")] : []),
    // For what is escaped twice: the outer escaping is undone while reading, the inner one is looked for.
    json,
    url,
    url.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
  ];
}

/** Base 64 of a value inside a longer text depends on where it begins: all three alignments, without the digits shared with neighbours. */
function base64Forms(bytes: Buffer): string[] {
  const forms = [bytes.toString("base64").replace(/=+$/, "")];
  for (const lead of [0, 1, 2]) {
    const digits = Buffer.concat([Buffer.alloc(lead), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const partialTail = (lead + bytes.length) % 3 === 0 ? 0 : 1;
    const partialHead = lead === 0 ? 0 : lead + 1;
    forms.push(digits.slice(partialHead, digits.length - partialTail));
  }
  return forms.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}
