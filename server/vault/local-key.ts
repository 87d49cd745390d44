// A key-encryption key whose bytes stand in the environment: wraps by AES-256-GCM in this process.
import { createHash, createSecretKey } from "node:crypto";
import { openEnvelope, sealEnvelope } from "./envelope";
import type { KeyEncryption } from "./key-encryption";

/** Before it stands what earlier releases wrapped, without the key's id in the binding; the next rotation wraps it anew. */
const wrappingVersion = 2;

/** `key` is 32 bytes and never leaves this process. */
export function createLocalKey(key: Buffer): KeyEncryption {
  const secret = createSecretKey(key);
  const id = localKeyId(key);
  return {
    id,
    kind: "local",
    place: "environment",
    wrap: async (dataKey, ownerId) =>
      Buffer.concat([Buffer.of(wrappingVersion), sealEnvelope(secret, dataKey, ["whs.data-key", ownerId, id])]),
    unwrap: async (wrapped, ownerId) =>
      wrapped[0] === wrappingVersion
        ? openEnvelope(secret, wrapped.subarray(1), ["whs.data-key", ownerId, id])
        : openEnvelope(secret, wrapped, ["whs.data-key", ownerId]),
  };
}

/** Names a key without telling anything about it: half of a SHA-256 taken for this purpose only. */
function localKeyId(key: Buffer): string {
  return `kek_${createHash("sha256").update("whs.kek-fingerprint.v1").update(key).digest("hex").slice(0, 16)}`;
}
