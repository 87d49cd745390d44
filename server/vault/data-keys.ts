// The data keys of all owners: made on first use, wrapped under the primary key-encryption key, unwrapped into a small cache.
import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import type { Db } from "~/db/client";
import type { Clock } from "~/server/clock";
import { AppError } from "~/server/errors";
import { openFormerKey } from "./former-key";
import { KeyTrouble } from "./key-encryption";
import type { KeyRing } from "./key-ring";
import {
  deleteDataKeyAcrossWorkspaces,
  findDataKeyAcrossWorkspaces,
  insertDataKeyIfAbsentAcrossWorkspaces,
} from "./vault.queries";

export const dataKeyBytes = 32;
const cachedKeysMax = 500;
/** After this the row is read again: a key destroyed by another process opens nothing here a second later. */
const trustedMs = 1_000;
/** After this an unwrapped key is forgotten, used or not, and has to be unwrapped anew. */
const keptMs = 60_000;

type Row = NonNullable<Awaited<ReturnType<typeof findDataKeyAcrossWorkspaces>>>;
/** `former`: what the key replaced, while values are still sealed under it. */
export type OpenKeys = { key: KeyObject; former: KeyObject | null };
type Unwrapped = OpenKeys & { wrappedKey: Buffer; unwrappedAt: number };
type Entry = { readAt: number; unwrapped: Promise<Unwrapped | null> };

export type DataKeysNeeds = {
  across: Db;
  keyRing: KeyRing;
  clock: Clock;
  /** Told which key-encryption key was used; must not throw. */
  onKeyUse?: (kekId: string) => void;
};

/** A lifetime: the unwrapped keys live as long as the process that holds this, and none longer than a minute. */
export class DataKeys {
  readonly #needs: DataKeysNeeds;
  /** The least recently read first. */
  readonly #cache = new Map<string, Entry>();
  #forgetting: NodeJS.Timeout | null = null;

  constructor(needs: DataKeysNeeds) {
    this.#needs = needs;
  }

  /** The owner's key, made when there is none yet. */
  async forSealing(ownerId: string): Promise<KeyObject> {
    return (await this.#unwrapped(ownerId))?.key ?? this.#make(ownerId);
  }

  /** The owner's key; null when it is gone, which is what crypto-shredding means. */
  forOpening(ownerId: string): Promise<OpenKeys | null> {
    return this.#unwrapped(ownerId);
  }

  /** As the row says at this moment; the same object as before when it says the same. */
  forOpeningNow(ownerId: string): Promise<OpenKeys | null> {
    return this.#readAgain(ownerId, this.#now());
  }

  async destroy(ownerId: string): Promise<void> {
    await deleteDataKeyAcrossWorkspaces(this.#needs.across, ownerId);
    this.#cache.delete(ownerId);
  }

  /** All that ask meanwhile share one reading. */
  #unwrapped(ownerId: string): Promise<Unwrapped | null> {
    const now = this.#now();
    const known = this.#cache.get(ownerId);
    if (known && now >= known.readAt && now - known.readAt < trustedMs) return known.unwrapped;
    return this.#readAgain(ownerId, now);
  }

  #readAgain(ownerId: string, now: number): Promise<Unwrapped | null> {
    const known = this.#cache.get(ownerId);
    const entry = { readAt: now, unwrapped: this.#read(ownerId, known) };
    this.#cache.delete(ownerId);
    this.#cache.set(ownerId, entry);
    this.#dropOldest();
    const forget = () => {
      if (this.#cache.get(ownerId) === entry) this.#cache.delete(ownerId);
    };
    entry.unwrapped.then((unwrapped) => unwrapped ?? forget(), forget);
    return entry.unwrapped;
  }

  /** What was unwrapped before is kept while the row is the same. */
  async #read(ownerId: string, known: Entry | undefined): Promise<Unwrapped | null> {
    const row = await findDataKeyAcrossWorkspaces(this.#needs.across, ownerId);
    if (!row) return null;
    const before = await known?.unwrapped.catch(() => null);
    const isSame = before?.wrappedKey.equals(row.wrappedKey) === true && this.#now() - before.unwrappedAt < keptMs;
    if (before && isSame && (before.former !== null) === (row.formerKey !== null)) return before;
    const key = before && isSame ? before.key : await this.#unwrap(ownerId, row);
    const unwrappedAt = before && isSame ? before.unwrappedAt : this.#now();
    return { key, former: openFormerKey(key, ownerId, row.formerKey), wrappedKey: row.wrappedKey, unwrappedAt };
  }

  async #unwrap(ownerId: string, row: Row): Promise<KeyObject> {
    const keyEncryption = this.#needs.keyRing.find(row.kekId);
    if (!keyEncryption) throw missingKey(row.kekId);
    const plain = await keyEncryption.unwrap(row.wrappedKey, ownerId);
    if (!plain) throw alteredKey(row.kekId);
    this.#needs.onKeyUse?.(row.kekId);
    return createSecretKey(plain);
  }

  async #make(ownerId: string): Promise<KeyObject> {
    const { across, keyRing, onKeyUse } = this.#needs;
    const wrappedKey = await keyRing.primary.wrap(randomBytes(dataKeyBytes), ownerId);
    await insertDataKeyIfAbsentAcrossWorkspaces(across, { ownerId, kekId: keyRing.primary.id, wrappedKey });
    onKeyUse?.(keyRing.primary.id);
    this.#cache.delete(ownerId);
    const winner = await this.#unwrapped(ownerId);
    if (!winner) throw new AppError("CONFLICT", "The workspace is being deleted; nothing can be sealed for it any more.");
    return winner.key;
  }

  #now(): number {
    return this.#needs.clock.now().getTime();
  }

  #dropOldest(): void {
    for (const ownerId of this.#cache.keys()) {
      if (this.#cache.size <= cachedKeysMax) break;
      this.#cache.delete(ownerId);
    }
    // Also a process that seals nothing more lets go of what it knows.
    this.#forgetting ??= setTimeout(() => this.#forgetOld(), keptMs).unref();
  }

  #forgetOld(): void {
    this.#forgetting = null;
    for (const [ownerId, { readAt }] of this.#cache) if (this.#now() - readAt >= keptMs) this.#cache.delete(ownerId);
    if (this.#cache.size > 0) this.#forgetting = setTimeout(() => this.#forgetOld(), keptMs).unref();
  }
}

export function missingKey(kekId: string): KeyTrouble {
  return new KeyTrouble(
    `The data key is wrapped by the key-encryption key ${kekId}, which this process does not have. Add it to KEY_ENCRYPTION_FORMER_KEYS (docs/operations/secrets.md).`,
    { retryable: false },
  );
}

export function alteredKey(kekId: string): KeyTrouble {
  return new KeyTrouble(
    `A data key that should be wrapped by ${kekId} does not unwrap: its row was altered or copied from another owner. Restore the row from a backup.`,
    { retryable: false },
  );
}

export function unreliableKey(kekId: string): KeyTrouble {
  return new KeyTrouble(`What ${kekId} wraps, it does not unwrap. Nothing was changed; check KEY_ENCRYPTION_KEY.`, {
    retryable: false,
  });
}
