// What a span may say: these facts and no others, each a word of our own code, a number, or an opaque id.
import type { Attributes } from "@opentelemetry/api";
import { AppError } from "~/server/errors";

const names = [
  "http.request.method",
  "http.route",
  "http.response.status_code",
  "rpc.system",
  "rpc.method",
  "db.system.name",
  "db.operation.name",
  "db.collection.name",
  "error.type",
  "whs.trace_id",
  "whs.procedure.type",
  "whs.db.role",
  "whs.runtime",
  "whs.provider.act",
  "whs.workspace_id",
  "whs.agent_id",
  "whs.deployment_id",
  "whs.job",
  "whs.job.attempt",
  "whs.writer",
  "whs.items",
] as const;

export type SpanFacts = { readonly [Name in (typeof names)[number]]?: string | number };

const allowed: ReadonlySet<string> = new Set(names);
const charactersMax = 200;

/** Looked at once more as they are written: what a cast or a spread let through is left out. */
export function safeFacts(facts: SpanFacts): Attributes {
  const safe: Attributes = {};
  for (const [name, fact] of Object.entries(facts)) {
    if (!allowed.has(name)) continue;
    safe[name] = typeof fact === "string" ? fact.slice(0, charactersMax) : fact;
  }
  return safe;
}

/** Our own code of it, PostgreSQL's SQLSTATE, or the name of its class. */
export function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if (error instanceof AppError) return error.code;
  if (error.cause instanceof AppError) return error.cause.code;
  if ("code" in error && /^[0-9A-Z]{5}$/.test(String(error.code))) return String(error.code);
  return /^[A-Za-z]{1,60}$/.test(error.name) ? error.name : "unknown";
}
