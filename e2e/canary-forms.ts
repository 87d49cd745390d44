// Every form in which a secret might lie somewhere, written down here anew: the product's own masks are what is being tested.

/** Texts to look for byte by byte. */
export function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, "utf8");
  const percent = encodeURIComponent(value);
  const json = JSON.stringify(value).slice(1, -1);
  const forms = [
    value,
    ...[0, 1, 2].flatMap((lead) => base64At(bytes, lead)),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    bytes.toString("hex").replace(/..(?!$)/g, "$& "),
    bytes.join(","),
    percent,
    percent.replace(/%../g, (percented) => percented.toLowerCase()),
    percent.replaceAll("%20", "+"),
    bytes.toString("hex").replace(/../g, "%$&"),
    json,
    JSON.stringify(json).slice(1, -1),
    everyUnit(value, (unit) => `\\u${unit.toString(16).padStart(4, "0")}`),
    htmlOf(value),
    everyUnit(value, (unit) => `&#${unit};`),
    everyUnit(value, (unit) => `&#x${unit.toString(16)};`),
    [...value].reverse().join(""),
  ];
  return [...new Set(forms)];
}

/** In memory of JavaScript and in some files a text has two bytes for each unit. */
export function wideFormOf(value: string): Buffer {
  return Buffer.from(value, "utf16le");
}

/** Without the digits that neighbours have a part in. */
function base64At(bytes: Buffer, lead: number): string[] {
  const all = Buffer.concat([Buffer.alloc(lead), bytes, Buffer.alloc(2)]).toString("base64");
  const first = Math.ceil((lead * 8) / 6);
  const last = Math.floor(((lead + bytes.length) * 8) / 6);
  const digits = all.slice(first, last);
  return [digits, digits.replaceAll("+", "-").replaceAll("/", "_")];
}

function everyUnit(value: string, spell: (unit: number) => string): string {
  return [...value].map((char) => spell(char.charCodeAt(0))).join("");
}

function htmlOf(value: string): string {
  const marks: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return value.replace(/[&<>"']/g, (mark) => marks[mark] ?? mark);
}
