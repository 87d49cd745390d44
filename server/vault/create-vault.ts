// The vault: seals and opens values under their owner's data key, bound to the one place where they belong (MISSION F1, F3).
import type { Db } from "~/db/client";
import { type Clock, systemClock } from "~/server/clock";
import type { KeyEncryptionConfig } from "~/server/config-keys";
import { AppError } from "~/server/errors";
import { DataKeys, type OpenKeys } from "./data-keys";
import { openEnvelope, sealEnvelope } from "./envelope";
import { forgetFormerKey } from "./former-key";
import { createKeyRing } from "./key-ring";
import { renewDataKey } from "./renew-data-key";
import { rewrapDataKey } from "./rewrap-data-key";
import type { SealedPlace, Vault } from "./vault";

export type VaultNeeds = {
  across: Db;
  keyEncryption: KeyEncryptionConfig;
  clock?: Clock;
  /** Told of every value that was refused to be opened; must not reject. */
  onRefusal?: (place: SealedPlace, reason: RefusalReason) => Promise<void>;
  /** Told which key-encryption key was used; must not throw. */
  onKeyUse?: (kekId: string) => void;
};

/** `altered`: or moved here from another place. */
export type RefusalReason = "altered" | "key_destroyed" | "key_unusable";

export function createVault({ keyEncryption, onRefusal, clock = systemClock, ...rest }: VaultNeeds): Vault {
  const keyRing = createKeyRing(keyEncryption);
  const needs = { ...rest, clock, keyRing };
  const dataKeys = new DataKeys(needs);
  const refuse = async (place: SealedPlace, reason: RefusalReason, error: AppError): Promise<never> => {
    await onRefusal?.(place, reason);
    throw error;
  };
  return {
    keys: keyRing.keys.map(({ id, kind, place }) => ({ id, kind, place })),
    async seal(place, plaintext) {
      return sealEnvelope(await dataKeys.forSealing(place.ownerId), Buffer.from(plaintext, "utf8"), sealingContext(place));
    },
    async open(place, sealed) {
      const unusable = (thrown: unknown) => {
        // A key that is out of reach for a moment is no sign of tampering.
        if (thrown instanceof AppError && !thrown.retryable) return refuse(place, "key_unusable", thrown);
        throw thrown;
      };
      const keys = await dataKeys.forOpening(place.ownerId).catch(unusable);
      const plain = keys && openUnder(keys, place, sealed);
      if (plain) return plain.toString("utf8");
      // Another process may have replaced the key a moment ago, and sealed this under the new one.
      const newest = await dataKeys.forOpeningNow(place.ownerId).catch(unusable);
      if (!newest) return refuse(place, "key_destroyed", keyDestroyed());
      const opened = newest === keys ? null : openUnder(newest, place, sealed);
      return opened ? opened.toString("utf8") : refuse(place, "altered", cannotOpen(place));
    },
    async reseal(place, sealed) {
      const keys = await dataKeys.forOpeningNow(place.ownerId);
      if (!keys) return "unopenable";
      if (openEnvelope(keys.key, sealed, sealingContext(place))) return "current";
      const plain = openUnder(keys, place, sealed);
      return plain === null ? "unopenable" : sealEnvelope(keys.key, plain, sealingContext(place));
    },
    destroyDataKey: (ownerId) => dataKeys.destroy(ownerId),
    rewrapDataKey: (ownerId, note) => rewrapDataKey(needs, ownerId, note),
    renewDataKey: (ownerId, note) => renewDataKey(needs, ownerId, note),
    forgetFormerKey: (key, note) => forgetFormerKey(needs, key, note),
  };
}

function openUnder({ key, former }: OpenKeys, place: SealedPlace, sealed: Buffer): Buffer | null {
  const context = sealingContext(place);
  return openEnvelope(key, sealed, context) ?? (former && openEnvelope(former, sealed, context));
}

function sealingContext(place: SealedPlace): readonly unknown[] {
  return ["whs.sealed", place.ownerId, place.kind, place.id, place.name, place.version];
}

function keyDestroyed(): AppError {
  return new AppError("INTERNAL", "This value cannot be opened: the key that sealed it was destroyed.", { retryable: false });
}

function cannotOpen(place: SealedPlace): AppError {
  return new AppError(
    "INTERNAL",
    `The sealed ${place.kind} ${place.name} does not open: it was altered, moved here from another place, or sealed under another key. Set it again.`,
    { retryable: false },
  );
}
