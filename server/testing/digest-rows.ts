// What every table of the database holds, as one digest each, down to the transaction that last touched a row.
import { sql } from "kysely";
import type { Db } from "~/db/client";

/** A row that was locked, updated in place or written anew by the same values changes its table's digest as well. */
export async function digestRows(owner: Db): Promise<Record<string, string>> {
  const { rows: tables } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`.execute(owner);
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{ digest: string }>`
      select count(*) || ':' || coalesce(md5(string_agg(one, '|' order by one)), '') as digest
      from (select t.xmin::text || ',' || t.xmax::text || ',' || t.ctid::text || ',' || t::text as one from ${sql.table(name)} t) rows`.execute(
      owner,
    );
    digests[name] = rows[0]?.digest ?? "";
  }
  return digests;
}
