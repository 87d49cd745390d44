// Every way a secret value is likely to be written by accident: plain, by line, and in the encodings that programs pass text around in.

export const maskedValueCharactersMin = 5;

/** Encodings of very long values (certificates, key files) are left out: their plain lines are masked anyway. */
const encodedCharactersMax = 4_096;

/** Distinct texts to look for. Values under {@link maskedValueCharactersMin} characters are skipped: masking them would shred ordinary text. */
export function maskPatterns(values: readonly string[]): string[] {
  const texts = values.flatMap((value) => [value, ...linesOf(value)]).filter(isTelling);
  return [
    ...new Set(
      texts.flatMap((text) => [text, ...(text.length <= encodedCharactersMax ? encodedForms(text) : [])]).filter(isTelling),
    ),
  ];
}

function isTelling(text: string): boolean {
  return text.length >= maskedValueCharactersMin;
}

/** Of a value with several lines (a key file), each line that is long enough to be telling. */
function linesOf(value: string): string[] {
  return value.includes("\n")
    ? value
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line.length >= 8)
    : [];
}

function encodedForms(text: string): string[] {
  const hex = Buffer.from(text, "utf8").toString("hex");
  const url = encodeURIComponent(text);
  const strictUrl = url.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const json = JSON.stringify(text).slice(1, -1);
  return [
    hex,
    hex.toUpperCase(),
    ...base64Forms(text),
    ...withLowerCaseEscapes([url, strictUrl, strictUrl.replaceAll("%20", "+")]),
    json,
    json.replaceAll("/", "\\/"),
    asciiJson(json),
    JSON.stringify(json).slice(1, -1),
    ...htmlForms(text),
  ];
}

/** Base 64 of a value inside a longer text depends on where it begins: all three alignments, without the digits shared with neighbours. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text, "utf8");
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

function withLowerCaseEscapes(forms: string[]): string[] {
  return forms.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (percent) => percent.toLowerCase())]);
}

function asciiJson(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function htmlForms(text: string): string[] {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quoted = escaped.replaceAll('"', "&quot;");
  return [escaped, quoted, quoted.replaceAll("'", "&#39;"), quoted.replaceAll("'", "&#x27;"), quoted.replaceAll("'", "&apos;")];
}
