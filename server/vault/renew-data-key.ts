// Replaces one owner's data key; what the former one sealed still opens, and is sealed anew by whoever asked for this.
import { createSecretKey, randomBytes } from "node:crypto";
import { inTransaction, type Tx } from "~/db/transaction";
import { alteredKey, type DataKeysNeeds, dataKeyBytes, missingKey, unreliableKey } from "./data-keys";
import { sealFormerKey } from "./former-key";
import { findDataKeyAcrossWorkspaces, setRenewedIfSameAcrossWorkspaces } from "./vault.queries";

/** `running`: the key before is still needed, or somebody was quicker. `gone`: nothing was ever sealed, or the key was destroyed. */
export type Renewal = "renewed" | "running" | "gone";

/** One row, one UPDATE that compares: killed at any moment it leaves the old key, or the new one with the old one beside it. */
export async function renewDataKey(needs: DataKeysNeeds, ownerId: string, note: (tx: Tx) => Promise<void>): Promise<Renewal> {
  const { across, keyRing, clock, onKeyUse } = needs;
  const row = await findDataKeyAcrossWorkspaces(across, ownerId);
  if (!row) return "gone";
  if (row.formerKey) return "running";
  const keyEncryption = keyRing.find(row.kekId);
  if (!keyEncryption) throw missingKey(row.kekId);
  const former = await keyEncryption.unwrap(row.wrappedKey, ownerId);
  if (!former) throw alteredKey(row.kekId);
  const plain = randomBytes(dataKeyBytes);
  const wrappedKey = await keyRing.primary.wrap(plain, ownerId);
  const opened = await keyRing.primary.unwrap(wrappedKey, ownerId);
  if (!opened?.equals(plain)) throw unreliableKey(keyRing.primary.id);
  const formerKey = sealFormerKey(createSecretKey(plain), ownerId, former);
  for (const bytes of [former, plain, opened]) bytes.fill(0);
  for (const { id } of [keyEncryption, keyRing.primary]) onKeyUse?.(id);
  const change = { ownerId, before: row.wrappedKey, kekId: keyRing.primary.id, wrappedKey, formerKey, at: clock.now() };
  const isMine = await inTransaction(across, async (tx) => {
    const isDone = await setRenewedIfSameAcrossWorkspaces(tx, change);
    if (isDone) await note(tx);
    return isDone;
  });
  return isMine ? "renewed" : "running";
}
