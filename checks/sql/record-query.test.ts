// A query's SQL is recorded from the types of its parameters alone, with and without what is optional.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadQueries } from "./load-queries";
import { type RecordedQuery, recordQuery } from "./record-query";

const source = `
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";

export function listAgents(tx: Tx, scope: WorkspaceScope, page: { limit: number; after?: { id: string; at: Date } }) {
  return tx.selectFrom("agents").select("id").where("workspaceId", "=", scope.workspaceId)
    .$if(page.after !== undefined, (query) => query.where("id", "<", page.after?.id ?? ""))
    .limit(page.limit).execute();
}

export async function copyAgent(tx: Tx, scope: WorkspaceScope, ids: string[], kind: "a" | "b", now = new Date()) {
  const found = await tx.selectFrom("agents").select(["id", "name"]).where("id", "in", ids).executeTakeFirst();
  if (!found) return null;
  await sql\`select \${found.name}, \${kind}, \${now}\`.execute(tx);
  return found;
}

export function broken(_db: Db) {
  throw new Error("never");
}
`;

let folder: string;
let recorded: Map<string, RecordedQuery>;

beforeAll(async () => {
  const root = process.cwd();
  await mkdir(join(root, "build/checks"), { recursive: true });
  folder = await mkdtemp(join(root, "build/checks/queries-"));
  await writeFile(join(folder, "sample.queries.ts"), source);
  const { queries, checker } = await loadQueries(root, [join(folder, "sample.queries.ts").slice(root.length + 1)]);
  recorded = new Map();
  for (const query of queries) recorded.set(query.name, await recordQuery(query, checker));
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

test("optional inputs are given once and left out once", () => {
  expect(recorded.get("listAgents")?.full).toEqual([
    'select "id" from "agents" where "workspace_id" = $1 and "id" < $2 limit $3',
  ]);
  expect(recorded.get("listAgents")?.bare).toEqual(['select "id" from "agents" where "workspace_id" = $1 limit $2']);
});

test("a query of several steps is followed to its end", () => {
  expect(recorded.get("copyAgent")?.full).toEqual(['select "id", "name" from "agents" where "id" in ($1)', "select $1, $2, $3"]);
});

test("a query that sends nothing and throws is told apart", () => {
  expect(recorded.get("broken")?.failure).toBe("never");
});
