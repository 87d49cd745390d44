// The data key before this one, while values are still sealed under it: kept under the new one, so that whatever ends that ends both.
import { createSecretKey, type KeyObject } from "node:crypto";
import type { Db } from "~/db/client";
import { inTransaction, type Tx } from "~/db/transaction";
import { openEnvelope, sealEnvelope } from "./envelope";
import { KeyTrouble } from "./key-encryption";
import { forgetFormerKeyIfSameAcrossWorkspaces } from "./vault.queries";

export function sealFormerKey(key: KeyObject, ownerId: string, former: Uint8Array): Buffer {
  return sealEnvelope(key, former, formerKeyContext(ownerId));
}

/** Rejects an altered one: without it values would look altered that are not. */
export function openFormerKey(key: KeyObject, ownerId: string, sealed: Buffer | null): KeyObject | null {
  if (sealed === null) return null;
  const former = openEnvelope(key, sealed, formerKeyContext(ownerId));
  if (former) return createSecretKey(former);
  const said = `The former data key of ${ownerId} does not open under the one that replaced it: its row was altered. Restore the row from a backup.`;
  throw new KeyTrouble(said, { retryable: false });
}

/** `note` runs in the transaction that forgets it, and only then. A key that was replaced once more meanwhile keeps what it needs. */
export function forgetFormerKey(
  { across }: { across: Db },
  key: { ownerId: string; generation: number },
  note: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  return inTransaction(across, async (tx) => {
    const isDone = await forgetFormerKeyIfSameAcrossWorkspaces(tx, key);
    if (isDone) await note(tx);
    return isDone;
  });
}

function formerKeyContext(ownerId: string): readonly unknown[] {
  return ["whs.former-data-key", ownerId];
}
