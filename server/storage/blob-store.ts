// Where bundles and built modules lie. Keys begin with the workspace id (MISSION I1).
import type { Readable } from "node:stream";

export interface BlobStore {
  /** Moves a finished file in; atomic: a reader sees the whole blob or none. */
  putFile(key: string, path: string): Promise<void>;
  /** Atomic as well. */
  putBytes(key: string, bytes: Uint8Array): Promise<void>;
  /** Rejects with `NOT_FOUND` when there is none. */
  read(key: string): Promise<Buffer>;
  stream(key: string): Promise<Readable>;
  /** Idempotent. */
  delete(key: string): Promise<void>;
  /** Idempotent: every blob whose key begins with `prefix` (which ends with `/`). */
  deleteAll(prefix: string): Promise<void>;
}
