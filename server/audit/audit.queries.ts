// The audit log: written once, read in pages, never changed.
import { type Insertable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { AuditEntriesTable } from "~/db/tables/audit-entries";
import type { WorkspaceScope } from "~/server/auth/scope";

/** Runs under both roles: bound ones may only write their own workspace's chain. */
export async function insertAuditEntryAcrossWorkspaces(db: Db, row: Insertable<AuditEntriesTable>): Promise<void> {
  await db.insertInto("auditEntries").values(row).execute();
}

export type AuditFilter = {
  limit: number;
  /** Only entries before this place in the order. */
  beforeSeq: number | null;
  traceId: string | null;
  actionPrefix: string | null;
  targetId: string | null;
};

/** The newest first. Members and keys of the workspace come with their names. */
export function listAuditEntries(tx: Db, scope: WorkspaceScope, filter: AuditFilter) {
  return tx
    .selectFrom("auditEntries as entry")
    .leftJoin("users", (join) => join.onRef("users.id", "=", "entry.actorId").on("entry.actorKind", "=", "user"))
    .leftJoin("apiKeys", (join) => join.onRef("apiKeys.id", "=", "entry.actorId").on("entry.actorKind", "=", "api_key"))
    .select([
      "entry.id as auditId",
      "entry.seq",
      "entry.actorKind",
      "entry.actorId",
      "entry.action",
      "entry.targetKind",
      "entry.targetId",
      "entry.traceId",
      "entry.ipAddress",
      "entry.metadata",
      "entry.createdAt",
    ])
    .select((select) => select.fn.coalesce("users.displayName", "apiKeys.name").as("actorName"))
    .where("entry.workspaceId", "=", scope.workspaceId)
    .$if(filter.beforeSeq !== null, (query) => query.where("entry.seq", "<", filter.beforeSeq ?? 0))
    .$if(filter.traceId !== null, (query) => query.where("entry.traceId", "=", filter.traceId))
    .$if(filter.targetId !== null, (query) => query.where("entry.targetId", "=", filter.targetId))
    .$if(filter.actionPrefix !== null, (query) => query.where(sql<boolean>`starts_with(entry.action, ${filter.actionPrefix})`))
    .orderBy("entry.seq", "desc")
    .limit(filter.limit)
    .execute();
}
