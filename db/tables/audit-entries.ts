// Who did what, to what, when, from where. Append-only: the application's role cannot update or delete a row (MISSION J1).
import type { ColumnType, Generated } from "kysely";
import type { ColumnClasses } from "./classes";

export const actorKinds = ["user", "api_key", "system", "anonymous", "runtime", "operator"] as const;
export type ActorKind = (typeof actorKinds)[number];

export type AuditEntriesTable = {
  id: string;
  /** A workspace id, or `platform` for acts that belong to no workspace. */
  workspaceId: string;
  /** Order within the whole table. */
  seq: Generated<number>;
  actorKind: ActorKind;
  actorId: string | null;
  /** `noun.verb`, for example `deployment.create`. */
  action: string;
  targetKind: string | null;
  targetId: string | null;
  traceId: string | null;
  ipAddress: string | null;
  /** Sanitised facts: never a secret, never a prompt. */
  metadata: ColumnType<Record<string, unknown>, string, never>;
  /** Whole milliseconds: it is part of what is hashed. */
  createdAt: ColumnType<Date, Date | undefined, never>;
  /** See `db/audit-chain.ts`. Null only until the sweep reaches an entry of an older release. */
  contentHash: ColumnType<Buffer | null, Buffer, never>;
};

export const auditEntriesColumns: ColumnClasses<AuditEntriesTable> = {
  id: "metadata",
  workspaceId: "metadata",
  seq: "metadata",
  actorKind: "metadata",
  actorId: "metadata",
  action: "metadata",
  targetKind: "metadata",
  targetId: "metadata",
  traceId: "metadata",
  ipAddress: "sensitive",
  metadata: "sensitive",
  createdAt: "metadata",
  contentHash: "metadata",
};
