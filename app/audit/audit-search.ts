// What the address of the audit page asks for, as the page shows it and as the log is asked.
import type { AuditFilterQuery } from "~/server/audit/audit.contract";

/** As typed; "" for none. Days are whole days in UTC, both ends included. */
export type AuditSearch = { action: string; actor: string; target: string; trace: string; from: string; to: string };

const dayMs = 86_400_000;
const lengthMax: Record<keyof AuditSearch, number> = { action: 60, actor: 40, target: 40, trace: 40, from: 10, to: 10 };

export function auditSearchOf(query: URLSearchParams): AuditSearch {
  const read = (name: keyof AuditSearch) => query.get(name)?.trim().slice(0, lengthMax[name]) ?? "";
  const day = (name: "from" | "to") => (dayOf(read(name)) ? read(name) : "");
  return {
    action: read("action"),
    actor: read("actor"),
    target: read("target"),
    trace: read("trace"),
    from: day("from"),
    to: day("to"),
  };
}

/** Only what was asked for. */
export function filterOf(search: AuditSearch): AuditFilterQuery {
  const [from, last] = [dayOf(search.from), dayOf(search.to)];
  return {
    ...(search.action ? { action: search.action } : {}),
    ...(search.actor ? { actorId: search.actor } : {}),
    ...(search.target ? { targetId: search.target } : {}),
    ...(search.trace ? { traceId: search.trace } : {}),
    ...(from ? { from } : {}),
    ...(last ? { to: new Date(last.getTime() + dayMs) } : {}),
  };
}

export function isSearching(search: AuditSearch): boolean {
  return Object.values(search).some((value) => value !== "");
}

/** How many wishes stand in fields that a narrow screen folds away. */
export function foldedFilters({ trace: _trace, ...folded }: AuditSearch): number {
  return Object.values(folded).filter((value) => value !== "").length;
}

/** Midnight in UTC of a day between 1970 and 9998, or null. */
function dayOf(text: string): Date | null {
  if (!/^(19[7-9]\d|[2-9]\d{3})-\d{2}-\d{2}$/.test(text) || text.startsWith("9999")) return null;
  const day = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(day.getTime()) || !day.toISOString().startsWith(text) ? null : day;
}
