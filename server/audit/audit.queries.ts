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
  actorId: string | null;
  targetId: string | null;
  from: Date | null;
  to: Date | null;
};

/** The newest first. Members and keys of the workspace come with their names. */
export function listAuditEntries(tx: Db, scope: WorkspaceScope, filter: AuditFilter) {
  return entriesOf(tx, filter).where("entry.workspaceId", "=", scope.workspaceId).limit(filter.limit).execute();
}

/** Acts that belong to no workspace: the operator's to read. */
export function listPlatformEntriesAcrossWorkspaces(db: Db, filter: AuditFilter) {
  return entriesOf(db, filter).where("entry.workspaceId", "=", "platform").limit(filter.limit).execute();
}
export type AuditRow = Awaited<ReturnType<typeof listAuditEntries>>[number];

function entriesOf(tx: Db, filter: AuditFilter) {
  return tx
    .selectFrom("auditEntries as entry")
    .leftJoin("auditLinks as link", (join) =>
      join.onRef("link.entryId", "=", "entry.id").onRef("link.workspaceId", "=", "entry.workspaceId"),
    )
    .leftJoin("users", (join) => join.onRef("users.id", "=", "entry.actorId").on("entry.actorKind", "=", "user"))
    .leftJoin("apiKeys", (join) => join.onRef("apiKeys.id", "=", "entry.actorId").on("entry.actorKind", "=", "api_key"))
    .select(["entry.id as auditId", "entry.seq", "link.position", "entry.actorKind", "entry.actorId", "entry.action"])
    .select(["entry.targetKind", "entry.targetId", "entry.traceId", "entry.ipAddress", "entry.metadata", "entry.createdAt"])
    .select((select) => select.fn.coalesce("users.displayName", "apiKeys.name").as("actorName"))
    .$if(filter.beforeSeq !== null, (query) => query.where("entry.seq", "<", filter.beforeSeq ?? 0))
    .$if(filter.traceId !== null, (query) => query.where("entry.traceId", "=", filter.traceId))
    .$if(filter.actorId !== null, (query) => query.where("entry.actorId", "=", filter.actorId))
    .$if(filter.targetId !== null, (query) => query.where("entry.targetId", "=", filter.targetId))
    .$if(filter.actionPrefix !== null, (query) => query.where(sql<boolean>`starts_with(entry.action, ${filter.actionPrefix})`))
    .$if(filter.from !== null, (query) => query.where("entry.createdAt", ">=", filter.from ?? new Date()))
    .$if(filter.to !== null, (query) => query.where("entry.createdAt", "<", filter.to ?? new Date()))
    .orderBy("entry.seq", "desc");
}
