// Every way a secret value is likely to be written by accident: plain, by line, and in the encodings that programs pass text around in.
// What only escapes single characters (URL, HTML, JSON) is undone while reading instead: see mask-decoders.ts.

export const maskedValueCharactersMin = 5;

/** Below these, upper case, lower case and backwards would hit ordinary words. */
const foldedCharactersMin = 12;
const lineCharactersMin = 8;

/** Of longer texts neither other cases nor dumps of their bytes are looked for. */
const dumpedCharactersMax = 1_024;

/** Of all patterns together: what all agents share must hold them. Whole values in the usual encodings come first. */
const charactersOfAllMax = 6_000_000;
/** Parts of values (lines, members of JSON) of which more than the plain text is looked for. The shortest come first. */
const encodedPartsMax = 400;

/**
 * Distinct texts to look for, in groups that take a few milliseconds each. Values under {@link maskedValueCharactersMin} characters are
 * skipped: masking them would shred ordinary text. As much as an agent may have is looked for whole, in all usual encodings.
 */
export function* maskPatterns(values: readonly string[]): Generator<string[]> {
  const known = new Set<string>();
  let characters = 0;
  const admit = (patterns: string[]): string[] => {
    if (characters > charactersOfAllMax) return [];
    const added = [...new Set(patterns)].filter((pattern) => pattern.length >= maskedValueCharactersMin && !known.has(pattern));
    for (const pattern of added) {
      known.add(pattern);
      characters += pattern.length;
    }
    return added;
  };
  const wholes = shortestFirst(values);
  for (const whole of wholes) yield admit([whole]);
  for (const whole of wholes) yield admit(usualForms(whole));
  let shortest: string[] = [];
  for (const whole of wholes) {
    const parts = partsOf(whole);
    shortest = shortestFirst([...shortest, ...parts]).slice(0, encodedPartsMax);
    yield admit(parts);
  }
  for (const whole of wholes) yield admit(furtherForms(whole));
  for (const part of shortest) yield admit([...usualForms(part), ...furtherForms(part)]);
}

function shortestFirst(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter(isTelling).sort((a, b) => a.length - b.length);
}

function isTelling(text: string): boolean {
  return text.length >= maskedValueCharactersMin;
}

/** What programs take out of a value before they use it. */
function partsOf(value: string): string[] {
  return [value.trim(), ...linesOf(value), ...passwordsOf(value), ...membersOf(value)];
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

function usualForms(text: string): string[] {
  const bytes = Buffer.from(text, "utf8");
  const hex = bytes.toString("hex");
  return [...base64Forms(bytes), hex, hex.toUpperCase()];
}

function furtherForms(text: string): string[] {
  // Half a character, which a member of JSON may hold, has no escape: it becomes the mark that stands for it everywhere else too.
  const url = encodeURIComponent(Buffer.from(text, "utf8").toString("utf8"));
  return [
    // For what is escaped twice: the outer escaping is undone while reading, the inner one is looked for.
    JSON.stringify(text).slice(1, -1),
    url,
    url.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    ...(text.length <= dumpedCharactersMax ? dumpsOf(text) : []),
  ];
}

/** Consoles show so many bytes of a Buffer, and say how many more there are. */
const shownBytes = 50;

function dumpsOf(text: string): string[] {
  const bytes = Buffer.from(text, "utf8");
  const spaced = (part: Buffer) => part.toString("hex").replace(/..(?!$)/g, "$& ");
  return [
    ...(text.length >= foldedCharactersMin ? [text.toLowerCase(), text.toUpperCase(), [...text].reverse().join("")] : []),
    // A Buffer as consoles show it, and as JSON holds it.
    spaced(bytes),
    spaced(bytes.subarray(0, shownBytes)),
    bytes.join(","),
    bytes.join(", "),
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
