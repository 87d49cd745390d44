// What is signed, to the letter: a place in a chain, and an export as a whole (docs/operations/audit.md).
import { keyIdOf } from "./audit-key";

export type Checkpoint = {
  workspaceId: string;
  position: number;
  hash: Buffer;
  signedAt: Date;
  publicKey: Buffer;
};

export function checkpointText(checkpoint: Checkpoint): string {
  const { workspaceId, position, hash, signedAt, publicKey } = checkpoint;
  const lines = [workspaceId, position, hash.toString("hex"), signedAt.toISOString(), keyIdOf(publicKey)];
  return ["whs-audit-checkpoint/1", ...lines].join("\n");
}

export type ExportFacts = {
  chain: string;
  exportedAt: Date;
  /** Of the keys that it holds, in their order. */
  keyIds: readonly string[];
  /** How many entries; the position of the last one. */
  entries: number;
  /** Of the last link. */
  hash: Buffer;
  checkpoints: number;
  /** SHA-256 over the signatures of all checkpoints, in their order. */
  checkpointsHash: Buffer;
  publicKey: Buffer;
};

export function exportText(facts: ExportFacts): string {
  const { chain, exportedAt, keyIds, entries, hash, checkpoints, checkpointsHash, publicKey } = facts;
  const counted = [entries, hash.toString("hex"), checkpoints, checkpointsHash.toString("hex")];
  const lines = [chain, exportedAt.toISOString(), keyIds.join(","), ...counted, keyIdOf(publicKey)];
  return ["whs-audit-export/1", ...lines].join("\n");
}
