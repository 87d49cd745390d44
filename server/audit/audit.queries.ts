// The audit log: written once, read in pages, never changed.
import type { Insertable } from "kysely";
import type { Db } from "~/db/client";
import type { AuditEntriesTable } from "~/db/tables/audit-entries";

/** Runs under both roles: bound ones may only write their own workspace's chain. */
export async function insertAuditEntryAcrossWorkspaces(db: Db, row: Insertable<AuditEntriesTable>): Promise<void> {
  await db.insertInto("auditEntries").values(row).execute();
}
