// Reads pasted `.env` text by the grammar of npm's dotenv, and says of each key whether it can be set. Stays in the browser.
import {
  secretNamePattern,
  secretNameRule,
  secretsAtOnceMax,
  secretValueBytes,
  secretValueBytesMax,
} from "~/server/secrets/secret-words.contract";

export type EnvEntry = { name: string; value: string; line: number };

/** `name` is null when the line has none that could be told without telling a part of a value. */
export type EnvRefusal = { name: string | null; line: number; reason: string };

export type EnvText = {
  /** In the order of the text. Of a name that is given twice the last one counts, as everywhere. */
  entries: EnvEntry[];
  refusals: EnvRefusal[];
};

export const envTextCharactersMax = 200_000;

/** What is longer may well be a line of a key that lost its quotes. */
const tellableNameMax = 40;

/** As in dotenv 16: `export`, `=` or `: `, three kinds of quotes over several lines, comments. */
const assignment =
  /^[^\S\n]*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?[^\S\n]*(?:#.*)?$/gm;

export function parseEnvText(raw: string): EnvText {
  if (raw.length > envTextCharactersMax) {
    return { entries: [], refusals: [{ name: null, line: 1, reason: "The text is too long: at most 200,000 characters." }] };
  }
  const text = raw.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const byName = new Map<string, EnvEntry>();
  const refusals: EnvRefusal[] = [];
  let [end, line] = [0, 1];
  for (const match of text.matchAll(assignment)) {
    const loose = text.slice(end, match.index);
    refusals.push(...refuseLoose(loose, line));
    line += linesIn(loose);
    const entry = { name: match[1] ?? "", value: readValue(match[2] ?? ""), line };
    line += linesIn(match[0]);
    end = match.index + match[0].length;
    const reason = whyNot(entry, match[2] ?? "");
    if (reason !== null) refusals.push({ name: tellable(entry.name), line: entry.line, reason });
    else keepLast(byName, entry, refusals);
  }
  refusals.push(...refuseLoose(text.slice(end), line));
  const entries = [...byName.values()];
  for (const { name, line } of entries.splice(secretsAtOnceMax)) {
    refusals.push({ name, line, reason: `At most ${secretsAtOnceMax} secrets are set at once; paste the rest afterwards.` });
  }
  return { entries, refusals: refusals.sort((one, other) => one.line - other.line) };
}

/** Quotes around it go; only between double quotes `\n` and `\r` mean what they say. */
function readValue(written: string): string {
  const trimmed = written.trim();
  const bare = trimmed.replace(/^(['"`])([\s\S]*)\1$/, "$2");
  return trimmed.startsWith('"') ? bare.replace(/\\n/g, "\n").replace(/\\r/g, "\r") : bare;
}

function whyNot({ name, value }: EnvEntry, written: string): string | null {
  if (!secretNamePattern.test(name)) return secretNameRule;
  if (/^(['"`])(?![\s\S]*\1$)/.test(written.trim()) || /^['"`]$/.test(written.trim())) return "Its quote is not closed.";
  if (value === "") return "It has no value.";
  return secretValueBytes(value) > secretValueBytesMax ? "A value has at most 16 KiB." : null;
}

function keepLast(byName: Map<string, EnvEntry>, entry: EnvEntry, refusals: EnvRefusal[]): void {
  const before = byName.get(entry.name);
  if (before) refusals.push({ name: entry.name, line: before.line, reason: `Given again on line ${entry.line}, which counts.` });
  byName.delete(entry.name);
  byName.set(entry.name, entry);
}

/** Lines between assignments that are neither empty nor comments. */
function refuseLoose(text: string, first: number): EnvRefusal[] {
  const lines = text === "" ? [] : text.split("\n");
  return lines.flatMap((line, place) => {
    if (/^\s*(#|$)/.test(line)) return [];
    return [{ name: null, line: first + place, reason: "Not of the form NAME=value." }];
  });
}

function tellable(name: string): string | null {
  return name.length <= tellableNameMax ? name : null;
}

function linesIn(text: string): number {
  return text.split("\n").length - 1;
}
