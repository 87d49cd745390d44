// Words that can only stand in a browser's script when server code has slipped into it.
import { configVariables } from "~/server/config-variables";
import { readSchemaSql } from "../sql/read-schema-sql";

const marks = [
  'from"node:',
  'import("node:',
  'require("node:',
  "PostgresDialect",
  "whs.workspace_id",
  "row level security",
  "sourceMappingURL=",
];

/** Names of configuration variables, of tables, and of columns that hold hashes or sealed values. */
export async function namesOfTheServer(): Promise<string[]> {
  const { columns } = await readSchemaSql();
  const tables = [...columns.keys()].filter((table) => table.includes("_"));
  const sealed = [...columns.values()].flat().filter((column) => /_hash$|^sealed_|^wrapped_/.test(column));
  const camel = sealed.map((column) => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
  const variables = Object.keys(configVariables).filter((name) => name.includes("_"));
  return [...new Set([...variables, ...tables, ...sealed, ...camel])];
}

export function findLeaks(script: string, names: string[]): string[] {
  const said = marks.filter((mark) => script.includes(mark));
  const named = names.filter((name) => new RegExp(`(?<![\\w$])${name}(?![\\w$])`).test(script));
  return [...said, ...named];
}
