// A statement that PostgreSQL was asked, as a span: what kind and of which table. Neither its text nor its values.
import type { Statement } from "~/db/name-statement";
import { noteSpan } from "./spans";

export function noteStatement(role: string, { operation, table, durationMs, error }: Statement): void {
  const facts = {
    "db.system.name": "postgresql",
    "db.operation.name": operation,
    ...(table === null ? {} : { "db.collection.name": table }),
    "whs.db.role": role,
  };
  const name = table === null ? operation : `${operation} ${table}`;
  noteSpan({ name, kind: "client", facts }, { durationMs, ...(error === undefined ? {} : { error }) });
}
