// What a reviewer would ask of each statement: is it bound to the workspace, is its list limited, does it compare before it sets?
import type { RecordedQuery } from "./record-query";

export type Judgement = { what: string; mend: string };

export function judgeStatements({ query, full, bare, failure }: RecordedQuery, tenantTables: ReadonlySet<string>): Judgement[] {
  if (failure !== null) {
    return [
      { what: `could not be run with sample arguments (${failure})`, mend: "Let the query take what it needs, and never throw." },
    ];
  }
  const statements = [...new Set([...full, ...bare])];
  if (statements.length === 0) return [{ what: "sends no SQL", mend: "Move it out of the queries file." }];
  return [
    ...judgeBinding(query.name, namesScope(query.parameters), statements, tenantTables),
    ...judgeLimits(query.name, statements),
    ...judgeStatusChanges(statements),
  ];
}

function namesScope(parameters: RecordedQuery["query"]["parameters"]): boolean {
  return parameters.some(({ name, type }) => /scope|workspaceId/i.test(name) || type.aliasSymbol?.name === "WorkspaceScope");
}

function judgeBinding(name: string, hasScope: boolean, statements: string[], tenantTables: ReadonlySet<string>): Judgement[] {
  if (name.endsWith("AcrossWorkspaces")) return [];
  const loose = statements.filter((text) => tablesOf(text).some((table) => tenantTables.has(table)) && !isBound(text));
  if (!hasScope && statements.some((text) => tablesOf(text).some((table) => tenantTables.has(table)))) {
    return [
      { what: "touches a tenant's table without a scope", mend: "Demand a WorkspaceScope, or end the name in AcrossWorkspaces." },
    ];
  }
  return loose.map((text) => ({
    what: `no workspace_id predicate in: ${text}`,
    mend: 'Add .where("workspaceId", "=", scope.workspaceId).',
  }));
}

function tablesOf(statement: string): string[] {
  return [...statement.matchAll(/\b(?:from|join|update|into)\s+"?([a-z_]+)"?/g)].map((match) => match[1] ?? "");
}

/** The workspace is compared (in its own table by `id`), or it is one of the columns written. */
function isBound(statement: string): boolean {
  const isOwnTable = /^(select .* from|update) "workspaces"/.test(statement) && /where .*"id" = /.test(statement);
  return isOwnTable || /workspace_id"?\s*=\s*/.test(statement) || /insert into [^(]*\([^)]*workspace_id/.test(statement);
}

function judgeLimits(name: string, statements: string[]): Judgement[] {
  const endless = statements.filter((text) => name.startsWith("list") && /^(select|with)\b/.test(text) && !isBounded(text));
  return endless.map((text) => ({ what: `a list without a limit: ${text}`, mend: "Add .limit(…)." }));
}

/** By a limit, or because the caller named each row it wants. */
function isBounded(statement: string): boolean {
  return /\blimit\b/.test(statement) || /" in \(\$|= any\(\$/.test(statement);
}

/** Of several racing changes exactly one may win. */
function judgeStatusChanges(statements: string[]): Judgement[] {
  const blind = statements.filter(
    (text) => /^update .* set .*"status" = /.test(text) && !/where .*"?status"? (=|in|any)/.test(text),
  );
  return blind.map((text) => ({
    what: `a status is set without comparing the old one: ${text}`,
    mend: 'Add .where("status", "=", expected) and name it set…If.',
  }));
}
