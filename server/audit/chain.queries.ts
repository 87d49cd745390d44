// The chain over the audit log: read in pages, signed at places. A chain is a workspace's, or the platform's own.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { AuditCheckpointsTable } from "~/db/tables/audit-chain";

/** From behind `after` up to and with `upTo`. */
export type ChainSpan = { after: number; upTo: number; limit: number };

export function findChainHead(tx: Db, workspaceId: string) {
  return tx.selectFrom("auditHeads").select(["position", "hash"]).where("workspaceId", "=", workspaceId).executeTakeFirst();
}

export function findNewestCheckpoint(tx: Db, workspaceId: string) {
  return tx
    .selectFrom("auditCheckpoints")
    .selectAll()
    .where("workspaceId", "=", workspaceId)
    .orderBy("position", "desc")
    .limit(1)
    .executeTakeFirst();
}

export function findLink(tx: Db, workspaceId: string, position: number) {
  return tx
    .selectFrom("auditLinks")
    .select(["position", "hash"])
    .where("workspaceId", "=", workspaceId)
    .where("position", "=", position)
    .executeTakeFirst();
}

/** In their order, each with its entry; a link whose entry is gone has null in place of the entry's id. */
export function listLinks(tx: Db, workspaceId: string, span: ChainSpan) {
  return tx
    .selectFrom("auditLinks as link")
    .leftJoin("auditEntries as entry", (join) =>
      join.onRef("entry.id", "=", "link.entryId").onRef("entry.workspaceId", "=", "link.workspaceId"),
    )
    .select(["link.position", "link.entryId", "link.contentHash", "link.hash"])
    .select(["entry.id", "entry.workspaceId", "entry.actorKind", "entry.actorId", "entry.action", "entry.targetKind"])
    .select(["entry.targetId", "entry.traceId", "entry.ipAddress", "entry.metadata", "entry.createdAt"])
    .where("link.workspaceId", "=", workspaceId)
    .where("link.position", ">", span.after)
    .where("link.position", "<=", span.upTo)
    .orderBy("link.position")
    .limit(span.limit)
    .execute();
}
export type LinkRow = Awaited<ReturnType<typeof listLinks>>[number];

export function listCheckpoints(tx: Db, workspaceId: string, span: ChainSpan) {
  return tx
    .selectFrom("auditCheckpoints")
    .selectAll()
    .where("workspaceId", "=", workspaceId)
    .where("position", ">", span.after)
    .where("position", "<=", span.upTo)
    .orderBy("position")
    .limit(span.limit)
    .execute();
}
export type CheckpointRow = Awaited<ReturnType<typeof listCheckpoints>>[number];

/** The keys that signed this chain's checkpoints. */
export function listCheckpointKeys(tx: Db, workspaceId: string, limit: number) {
  return tx
    .selectFrom("auditCheckpoints")
    .select("publicKey")
    .distinct()
    .where("workspaceId", "=", workspaceId)
    .orderBy("publicKey")
    .limit(limit)
    .execute();
}

/** An entry that got past the chain; entries of an older release are not meant, the sweep links those. */
export function findUnlinkedEntry(tx: Db, workspaceId: string) {
  return tx
    .selectFrom("auditEntries as entry")
    .select("entry.id")
    .where("entry.workspaceId", "=", workspaceId)
    .where("entry.contentHash", "is not", null)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom("auditLinks as link")
            .select("link.entryId")
            .whereRef("link.entryId", "=", "entry.id")
            .whereRef("link.workspaceId", "=", "entry.workspaceId"),
        ),
      ),
    )
    .orderBy("entry.seq")
    .limit(1)
    .executeTakeFirst();
}

/** False when that place was signed already. */
export async function insertCheckpointAcrossWorkspaces(
  db: Db,
  checkpoint: { [Column in keyof AuditCheckpointsTable]: AuditCheckpointsTable[Column] },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("auditCheckpoints")
    .values(checkpoint)
    .onConflict((conflict) => conflict.columns(["workspaceId", "position"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Chains whose head is not where they were last signed, by name. */
export function listMovedChainsAcrossWorkspaces(db: Db, page: { after: string; limit: number }) {
  return db
    .selectFrom("auditHeads as head")
    .select("head.workspaceId")
    .where("head.workspaceId", ">", page.after)
    .where((where) =>
      where(
        "head.position",
        "<>",
        where.fn.coalesce(
          where
            .selectFrom("auditCheckpoints as checkpoint")
            .select((select) => select.fn.max("checkpoint.position").as("position"))
            .whereRef("checkpoint.workspaceId", "=", "head.workspaceId"),
          sql<number>`0`,
        ),
      ),
    )
    .orderBy("head.workspaceId")
    .limit(page.limit)
    .execute();
}

/** Entries that a process of an older release wrote, oldest first. */
export function listUnsealedEntriesAcrossWorkspaces(db: Db, limit: number) {
  return db
    .selectFrom("auditEntries")
    .select(["id", "workspaceId", "actorKind", "actorId", "action", "targetKind"])
    .select(["targetId", "traceId", "ipAddress", "metadata", "createdAt"])
    .where("contentHash", "is", null)
    .orderBy("seq")
    .limit(limit)
    .execute();
}

/** Gives such an entry its hash and its place in the chain; once only. */
export async function sealEntryAcrossWorkspaces(db: Db, entryId: string, contentHash: Buffer): Promise<void> {
  await sql`select seal_audit_entry(${entryId}, ${contentHash})`.execute(db);
}
