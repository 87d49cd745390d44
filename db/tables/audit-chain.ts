// The chain over the audit log: one link per entry, the head of each chain, and signed places in it (MISSION J1).
// Only the database itself writes links and heads, as entries commit; no role of the application may.
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export type AuditLinksTable = {
  /** A workspace id, or `platform`. */
  workspaceId: ColumnType<string, never, never>;
  /** 1, 2, 3 … without a gap. */
  position: ColumnType<number, never, never>;
  entryId: ColumnType<string, never, never>;
  contentHash: ColumnType<Buffer, never, never>;
  /** Of the link before, the position and the content's hash. */
  hash: ColumnType<Buffer, never, never>;
};

export type AuditHeadsTable = {
  workspaceId: ColumnType<string, never, never>;
  /** Of the newest link. */
  position: ColumnType<number, never, never>;
  hash: ColumnType<Buffer, never, never>;
};

export type AuditCheckpointsTable = {
  workspaceId: string;
  position: number;
  /** Of the link at that position, when it was signed. */
  hash: Buffer;
  /** Whole milliseconds: it is part of what is signed. */
  signedAt: Date;
  /** Ed25519, 32 bytes. */
  publicKey: Buffer;
  signature: Buffer;
};

export const auditLinksColumns: ColumnClasses<AuditLinksTable> = {
  workspaceId: "metadata",
  position: "metadata",
  entryId: "metadata",
  contentHash: "metadata",
  hash: "metadata",
};

export const auditHeadsColumns: ColumnClasses<AuditHeadsTable> = {
  workspaceId: "metadata",
  position: "metadata",
  hash: "metadata",
};

export const auditCheckpointsColumns: ColumnClasses<AuditCheckpointsTable> = {
  workspaceId: "metadata",
  position: "metadata",
  hash: "metadata",
  signedAt: "metadata",
  publicKey: "public",
  signature: "metadata",
};
