// How many calls keys made in each month: the durable count behind the counters in Redis.
import { sql } from "kysely";
import type { Db } from "~/db/client";

export type KeyCalls = { keyId: string; month: string; calls: number };

/** Adds up. A key that is gone is left out; processes take the rows in the same order. */
export async function addKeyCallsAcrossWorkspaces(db: Db, sums: KeyCalls[]): Promise<void> {
  const rows = JSON.stringify(sums.map((sum) => ({ key_id: sum.keyId, month: sum.month, calls: sum.calls })));
  await sql`
    insert into api_key_months as months (workspace_id, key_id, month, calls)
    select api_keys.workspace_id, api_keys.id, row.month, row.calls
    from json_to_recordset(${rows}::json) as row (key_id text, month text, calls bigint)
    join api_keys on api_keys.id = row.key_id
    order by api_keys.id, row.month
    on conflict (key_id, month) do update set calls = months.calls + excluded.calls`.execute(db);
}

export async function findKeyCallsAcrossWorkspaces(db: Db, keyId: string, month: string): Promise<number> {
  const row = await db
    .selectFrom("apiKeyMonths")
    .select("calls")
    .where("keyId", "=", keyId)
    .where("month", "=", month)
    .executeTakeFirst();
  return row?.calls ?? 0;
}
