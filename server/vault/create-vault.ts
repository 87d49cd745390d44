// The vault: seals and opens values under their owner's data key, bound to the one place where they belong (MISSION F1, F3).
import { type Clock, systemClock } from "~/server/clock";
import { AppError } from "~/server/errors";
import { DataKeys, type DataKeysNeeds } from "./data-keys";
import { openEnvelope, sealEnvelope } from "./envelope";
import type { SealedPlace, Vault } from "./vault";

/** `keyEncryptionKey` is 32 bytes and never leaves this process. */
export function createVault(needs: Omit<DataKeysNeeds, "clock"> & { clock?: Clock }): Vault {
  const keys = new DataKeys({ clock: systemClock, ...needs });
  return {
    async seal(place, plaintext) {
      return sealEnvelope(await keys.forSealing(place.ownerId), Buffer.from(plaintext, "utf8"), sealingContext(place));
    },
    async open(place, sealed) {
      const plain = openEnvelope(await keys.forOpening(place.ownerId), sealed, sealingContext(place));
      if (!plain) throw new AppError("INTERNAL", cannotOpen(place), { retryable: false });
      return plain.toString("utf8");
    },
    destroyDataKey: (ownerId) => keys.destroy(ownerId),
  };
}

function sealingContext(place: SealedPlace): readonly unknown[] {
  return ["whs.sealed", place.ownerId, place.kind, place.id, place.name, place.version];
}

function cannotOpen(place: SealedPlace): string {
  return `The sealed ${place.kind} ${place.name} does not open: it was altered, moved here from another place, or sealed under another key. Set it again.`;
}
