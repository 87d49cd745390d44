// The vault under a fresh local key, for a measurement that stands outside the house.
import { randomBytes } from "node:crypto";
import type { Db } from "~/db/client";
import { createVault } from "~/server/vault/create-vault";
import type { Vault } from "~/server/vault/vault";

export function openBenchVault(across: Db): Vault {
  const primary = { kind: "local" as const, key: randomBytes(32) };
  return createVault({ across, keyEncryption: { primary, former: [], awsKms: { credentials: null, endpoint: null } } });
}
