// Wraps one owner's data key under the primary key-encryption key; what was sealed under it stays as it is.
import type { Tx } from "~/db/transaction";
import { inTransaction } from "~/db/transaction";
import { alteredKey, type DataKeysNeeds, missingKey, unreliableKey } from "./data-keys";
import { findDataKeyAcrossWorkspaces, setWrappingIfSameAcrossWorkspaces } from "./vault.queries";

/** `current`: it was, or became meanwhile, wrapped by the primary. */
export type Rewrapping = "rewrapped" | "current" | "gone";

/**
 * One row, one UPDATE that compares: killed at any moment it leaves the old wrapping or the new one. The new wrapping is opened
 * once before it replaces the old. `note` runs in the transaction that replaces it, and only then.
 */
export async function rewrapDataKey(needs: DataKeysNeeds, ownerId: string, note: (tx: Tx) => Promise<void>): Promise<Rewrapping> {
  const { across, keyRing, clock, onKeyUse } = needs;
  const row = await findDataKeyAcrossWorkspaces(across, ownerId);
  if (!row) return "gone";
  if (row.kekId === keyRing.primary.id) return "current";
  const former = keyRing.find(row.kekId);
  if (!former) throw missingKey(row.kekId);
  const plain = await former.unwrap(row.wrappedKey, ownerId);
  if (!plain) throw alteredKey(row.kekId);
  const wrappedKey = await keyRing.primary.wrap(plain, ownerId);
  const opened = await keyRing.primary.unwrap(wrappedKey, ownerId);
  if (!opened?.equals(plain)) throw unreliableKey(keyRing.primary.id);
  plain.fill(0);
  opened.fill(0);
  for (const { id } of [former, keyRing.primary]) onKeyUse?.(id);
  const change = { ownerId, before: row.wrappedKey, kekId: keyRing.primary.id, wrappedKey, at: clock.now() };
  const isMine = await inTransaction(across, async (tx) => {
    const isDone = await setWrappingIfSameAcrossWorkspaces(tx, change);
    if (isDone) await note(tx);
    return isDone;
  });
  return isMine ? "rewrapped" : "current";
}
