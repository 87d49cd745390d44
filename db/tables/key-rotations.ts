// Each time that data keys were wrapped anew under another key-encryption key: how far it is, how it ended (MISSION F4).
import type { Generated } from "kysely";
import type { ColumnClasses } from "./classes";

export const keyRotationStatuses = ["running", "finished", "superseded"] as const;
export type KeyRotationStatus = (typeof keyRotationStatuses)[number];

export type KeyRotationsTable = {
  id: string;
  /** The primary that everything is to be wrapped by. At most one rotation runs. */
  kekId: string;
  status: KeyRotationStatus;
  /** The operator; null: it began by itself, because the primary had changed. */
  startedBy: string | null;
  /** How many were wrapped by another key when it began. */
  keysTotal: number;
  /** Counted in the transaction that moved each: exact, whatever was killed. */
  keysRewrapped: Generated<number>;
  /** How many the last run could not move. */
  keysStuck: Generated<number>;
  /** Safe words. */
  lastError: string | null;
  startedAt: Date;
  /** When it last came forward. */
  movedAt: Date;
  finishedAt: Date | null;
};

export const keyRotationsColumns: ColumnClasses<KeyRotationsTable> = {
  id: "metadata",
  kekId: "metadata",
  status: "metadata",
  startedBy: "metadata",
  keysTotal: "metadata",
  keysRewrapped: "metadata",
  keysStuck: "metadata",
  lastError: "metadata",
  startedAt: "metadata",
  movedAt: "metadata",
  finishedAt: "metadata",
};
