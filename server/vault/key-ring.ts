// All key-encryption keys of the configuration: one wraps, the others only unwrap what they wrapped before.
import type { KeyEncryptionConfig, KeyEncryptionSource } from "~/server/config-keys";
import { createAwsKmsKey } from "./aws-kms-key";
import type { KeyEncryption } from "./key-encryption";
import { createLocalKey } from "./local-key";

export type KeyRing = {
  primary: KeyEncryption;
  /** The primary first. */
  keys: readonly KeyEncryption[];
  /** Null for a key that the configuration does not hold. */
  find(id: string): KeyEncryption | null;
};

/** A key that is named twice counts once. Reaches for nothing outside. */
export function createKeyRing(config: KeyEncryptionConfig): KeyRing {
  const open = (source: KeyEncryptionSource) =>
    source.kind === "local" ? createLocalKey(source.key) : createAwsKmsKey(source.arn, config.awsKms);
  const primary = open(config.primary);
  const byId = new Map([primary, ...config.former.map(open)].reverse().map((key) => [key.id, key]));
  byId.set(primary.id, primary);
  const keys = [primary, ...[...byId.values()].filter((key) => key !== primary).reverse()];
  return { primary, keys, find: (id) => byId.get(id) ?? null };
}
