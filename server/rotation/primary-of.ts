// The key-encryption key that wraps what is made from now on.
import type { KeyFacts } from "~/server/vault/key-encryption";
import type { Vault } from "~/server/vault/vault";

export function primaryOf(vault: Pick<Vault, "keys">): KeyFacts {
  const [primary] = vault.keys;
  if (!primary) throw new Error("A vault has a primary key-encryption key.");
  return primary;
}
