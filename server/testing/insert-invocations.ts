// Calls as rows, as if a gateway had written them down; no budget is settled for them.
import type { Db } from "~/db/client";
import type { NewInvocation } from "~/server/invocations/call-records.queries";

export async function insertInvocations(db: Db, rows: NewInvocation[]): Promise<void> {
  if (rows.length > 0) await db.insertInto("invocations").values(rows).execute();
}
