// Runs one query against the recording database, with everything optional and with nothing optional.
import type ts from "typescript";
import type { Query } from "./load-queries";
import { createRecordingDatabase } from "./recording-database";
import { sampleOf, type Variant } from "./sample-arguments";

export type RecordedQuery = {
  query: Query;
  full: string[];
  bare: string[];
  /** What the query threw before it had sent anything. */
  failure: string | null;
};

export async function recordQuery(query: Query, checker: ts.TypeChecker): Promise<RecordedQuery> {
  const full = await run(query, checker, "full");
  const bare = await run(query, checker, "bare");
  return { query, full: full.statements, bare: bare.statements, failure: full.failure };
}

type Run = { statements: string[]; failure: string | null };

async function run(query: Query, checker: ts.TypeChecker, variant: Variant): Promise<Run> {
  const { db, statements } = createRecordingDatabase();
  const given = query.parameters.map(({ name, type, isOptional }) =>
    isOptional && variant === "bare" ? undefined : sampleOf(type, name, { checker, variant, db }),
  );
  try {
    const answer = await query.run(...given);
    if (isCompilable(answer)) statements.push(answer.compile().sql);
  } catch (error) {
    if (statements.length === 0) return { statements, failure: error instanceof Error ? error.message : String(error) };
  }
  return { statements, failure: null };
}

/** A query that hands out its builder instead of running it. */
function isCompilable(answer: unknown): answer is { compile: () => { sql: string } } {
  return typeof answer === "object" && answer !== null && "compile" in answer && typeof answer.compile === "function";
}
