// What the migrations really make: each table with its columns, and the tables under row-level security.
import type { Kysely } from "kysely";
import { migrations } from "~/db/migrate";
import { createRecordingDatabase } from "./recording-database";

export type SchemaSql = {
  /** Columns by table, both in snake_case. */
  columns: Map<string, string[]>;
  rowSecured: Set<string>;
};

export async function readSchemaSql(): Promise<SchemaSql> {
  const { db, statements } = createRecordingDatabase({ isEmpty: true });
  for (const migration of Object.values(migrations)) await migration.up(db as unknown as Kysely<unknown>);
  const columns = new Map<string, string[]>();
  const rowSecured = new Set<string>();
  for (const statement of statements) {
    const text = statement.replace(/--.*$/gm, "").replace(/\s+/g, " ").trim();
    readCreate(text, columns);
    readAlter(text, columns);
    const secured = /^alter table "?(\w+)"? enable row level security/i.exec(text)?.[1];
    if (secured) rowSecured.add(secured);
  }
  return { columns, rowSecured };
}

function readCreate(text: string, columns: Map<string, string[]>): void {
  const match = /^create table (?:if not exists )?"?(\w+)"? \((.*)\)[^)]*$/i.exec(text);
  if (!match?.[1] || match[2] === undefined) return;
  const words = splitAtTop(match[2]).map((part) => /^"?(\w+)"?/.exec(part.trim())?.[1] ?? "");
  columns.set(
    match[1],
    words.filter((word) => word !== "" && !/^(primary|unique|foreign|check|constraint|exclude)$/i.test(word)),
  );
}

function readAlter(text: string, columns: Map<string, string[]>): void {
  const table = /^alter table "?(\w+)"?/i.exec(text)?.[1];
  const known = table === undefined ? undefined : columns.get(table);
  if (!known) return;
  for (const added of text.matchAll(/\badd column (?:if not exists )?"?(\w+)"?/gi)) known.push(added[1] ?? "");
}

/** Splits at the commas that stand in no parenthesis. */
function splitAtTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === "(") depth += 1;
    if (text[index] === ")") depth -= 1;
    if (text[index] !== "," || depth > 0) continue;
    parts.push(text.slice(start, index));
    start = index + 1;
  }
  return [...parts, text.slice(start)];
}
