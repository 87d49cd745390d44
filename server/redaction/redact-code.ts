// Masks credentials in customers' files as they are shown: every line stays where it was, and code stays readable.
import { type Shape, shapes } from "~/runtime/redaction/redact-tokens";

/** In these files `apiKey: context.env.KEY` is a way to a value, not a value. */
const codeFile = /\.(?:[cm]?[jt]sx?|py|go|rs|rb|java|kt|swift|c|cc|cpp|h|cs|php|vue|svelte)$/i;

/** A member, a call, a template or a word of the language: what stands behind `password:` where there is no literal. */
const expression =
  /^(?:[A-Za-z_$][\w$]*(?:\[|\(|[?!]?\.[A-Za-z_$])|\$\{|`?\$\{|(?:string|number|boolean|unknown|undefined|null|true|false|await|new|this)\b)/;

/** `text` with each credential shape replaced by `[redacted]` and as many lines as before. Takes time linear in its length. */
export function redactCode(path: string, text: string): string {
  const isCode = codeFile.test(path);
  let safe = text;
  for (const shape of shapes) {
    safe = safe.replace(shape.pattern, (match: string, ...groups: unknown[]) => mask(shape, match, { groups, isCode }));
  }
  return safe;
}

function mask(shape: Shape, match: string, around: { groups: unknown[]; isCode: boolean }): string {
  const prefix = shape.replacement.includes("$1") ? String(around.groups[0]) : "";
  const value = match.slice(prefix.length);
  const isLiteral = /["']$/.test(prefix);
  if (around.isCode && shape.names && !isLiteral && expression.test(value)) return match;
  const shown = shape.replacement.replace("$1", () => prefix);
  return shown + "\n".repeat(lineEnds(match) - lineEnds(shown));
}

function lineEnds(text: string): number {
  return text.split("\n").length - 1;
}
