// Is the SQL of every query committed, bound to its workspace, limited, and compared before it sets?
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { CheckOptions, Finding } from "./check";
import { compareGenerated } from "./compare-generated";
import { listProjectFiles } from "./list-project-files";
import { judgeStatements } from "./sql/judge-statements";
import { loadQueries } from "./sql/load-queries";
import { readSchemaSql } from "./sql/read-schema-sql";
import { type RecordedQuery, recordQuery } from "./sql/record-query";
import { renderStatements } from "./sql/render-statements";

const folder = "db/queries.sql";

export async function checkSql(options: CheckOptions): Promise<Finding[]> {
  const files = await listProjectFiles(options.root);
  const paths = files.filter((path) => path.endsWith(".queries.ts"));
  const { rowSecured } = await readSchemaSql();
  const { queries, checker } = await loadQueries(options.root, paths);
  const findings: Finding[] = [];
  const wanted = new Set<string>();
  for (const path of paths) {
    const recorded: RecordedQuery[] = [];
    for (const query of queries.filter((candidate) => candidate.path === path)) recorded.push(await recordQuery(query, checker));
    findings.push(...recorded.flatMap((one) => judge(one, rowSecured)));
    const target = targetOf(path);
    wanted.add(target);
    findings.push(...(await compareGenerated(options, target, renderStatements(path, recorded))));
  }
  const stale = files.filter((path) => path.startsWith(`${folder}/`) && !wanted.has(path));
  return [...findings, ...(await dropStale(options, stale))];
}

/** `server/agents/agents.queries.ts` → `db/queries.sql/agents.sql`; a second file of a folder keeps both names. */
function targetOf(path: string): string {
  const [feature = "", name = ""] = path.split("/").slice(-2);
  const stem = name.replace(".queries.ts", "");
  return `${folder}/${stem === feature ? stem : `${feature}.${stem}`}.sql`;
}

function judge(recorded: RecordedQuery, tenantTables: ReadonlySet<string>): Finding[] {
  const where = `${recorded.query.path} ${recorded.query.name}`;
  return judgeStatements(recorded, tenantTables).map((judgement) => ({ where, ...judgement }));
}

async function dropStale({ root, write }: CheckOptions, stale: string[]): Promise<Finding[]> {
  if (write) await Promise.all(stale.map((path) => rm(join(root, path))));
  const mend = "Run `npm run check -- --write`: its queries are gone.";
  return write ? [] : stale.map((where) => ({ where, what: "belongs to no *.queries.ts", mend }));
}
