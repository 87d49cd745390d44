// One request that carried an Idempotency-Key, and what came of it; nothing of what was sent is here but keyed hashes (MISSION C6).
import type { ColumnClasses } from "./classes";

export type IdempotencyKeysTable = {
  /** Keyed hash of principal, workspace, procedure and the caller's key. */
  place: string;
  /** Null: an act upon one's own account. */
  workspaceId: string | null;
  userId: string;
  procedure: string;
  /** Keyed hash of the input. */
  fingerprint: string;
  /** Whoever carries the request out holds this word; until `leaseEndsAt` nobody else takes it up. */
  leaseId: string;
  leaseEndsAt: Date;
  /** Written in the same transaction as the act. */
  actedAt: Date | null;
  answeredAt: Date | null;
  /** Null beside `answeredAt`: the answer was too large to be kept. */
  sealedAnswer: Buffer | null;
  createdAt: Date;
  expiresAt: Date;
};

export const idempotencyKeysColumns: ColumnClasses<IdempotencyKeysTable> = {
  place: "sensitive",
  workspaceId: "metadata",
  userId: "metadata",
  procedure: "metadata",
  fingerprint: "sensitive",
  leaseId: "metadata",
  leaseEndsAt: "metadata",
  actedAt: "metadata",
  answeredAt: "metadata",
  sealedAnswer: "sensitive",
  createdAt: "metadata",
  expiresAt: "metadata",
};
