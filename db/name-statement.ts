// What a statement is, in two words of ours: what it does and to which table.
import type { LogEvent, RootOperationNode } from "kysely";

export type Statement = { operation: string; table: string | null; durationMs: number; error?: unknown };

/** First words of statements that are written as SQL. */
const written = new Set(
  "select insert update delete with begin commit rollback savepoint release set lock listen notify call".split(" "),
);

export function nameStatement(event: LogEvent): Statement {
  const { query, sql } = event.query;
  return {
    operation: operationOf(query, sql),
    table: tableOf(query),
    durationMs: event.queryDurationMillis,
    ...(event.level === "error" ? { error: event.error } : {}),
  };
}

function operationOf({ kind }: RootOperationNode, sql: string): string {
  if (kind !== "RawNode") return kind.replace(/(Query)?Node$/, "").toUpperCase();
  const [word = ""] = /[a-z]+/i.exec(sql.slice(0, 40)) ?? [];
  return written.has(word.toLowerCase()) ? word.toUpperCase() : "SQL";
}

/** Null for statements of several tables, or of none. */
function tableOf(node: RootOperationNode): string | null {
  const place = firstPlaceOf(node);
  const named = place?.kind === "AliasNode" && "node" in place ? place.node : place;
  if (named?.kind !== "TableNode" || !("table" in named)) return null;
  const { table } = named as { table: { identifier: { name: string } } };
  return table.identifier.name;
}

type Place = { kind: string; node?: { kind: string } };

function firstPlaceOf(node: RootOperationNode): Place | null {
  if (node.kind === "InsertQueryNode") return node.into ?? null;
  if (node.kind === "UpdateQueryNode") return node.table ?? null;
  if (node.kind === "SelectQueryNode" || node.kind === "DeleteQueryNode") return node.from?.froms[0] ?? null;
  return null;
}
