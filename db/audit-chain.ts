// How an audit entry and its place in the chain are hashed (MISSION J1). Never changed: what was hashed so must verify so for ever.
import { createHash } from "node:crypto";

/** What is hashed of an entry: everything that was said, and not `seq`, which the database gives. */
export type AuditContent = {
  id: string;
  workspaceId: string;
  actorKind: string;
  actorId: string | null;
  action: string;
  targetKind: string | null;
  targetId: string | null;
  traceId: string | null;
  ipAddress: string | null;
  metadata: unknown;
  /** Whole milliseconds. */
  createdAt: Date;
};

/** What the first link of a chain follows. */
export const genesisHash: Buffer = Buffer.alloc(32);

/** The entry as plain JSON, as an export shows it: exactly what is hashed. */
export function auditContentOf(entry: AuditContent): Record<string, unknown> {
  return {
    id: entry.id,
    workspaceId: entry.workspaceId,
    actorKind: entry.actorKind,
    actorId: entry.actorId,
    action: entry.action,
    targetKind: entry.targetKind,
    targetId: entry.targetId,
    traceId: entry.traceId,
    ipAddress: entry.ipAddress,
    metadata: entry.metadata,
    createdAt: entry.createdAt.toISOString(),
  };
}

/** SHA-256 of the entry's canonical JSON. */
export function contentHashOf(entry: AuditContent): Buffer {
  return createHash("sha256")
    .update(canonicalJson(auditContentOf(entry)))
    .digest();
}

/** SHA-256 of the hash before, the position as eight bytes (big-endian) and the content's hash. PostgreSQL computes the same. */
export function linkHashOf(previous: Buffer, position: number, contentHash: Buffer): Buffer {
  const place = Buffer.alloc(8);
  place.writeBigInt64BE(BigInt(position));
  return createHash("sha256").update(previous).update(place).update(contentHash).digest();
}

/** RFC 8785: members sorted by their names' UTF-16 code units, numbers and texts as ECMAScript writes them, no white space. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(",")}}`;
}
