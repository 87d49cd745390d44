// The data keys of all owners: made on first use, wrapped under the key-encryption key, unwrapped into a small cache.
import { createHash, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import type { Db } from "~/db/client";
import type { Clock } from "~/server/clock";
import { AppError } from "~/server/errors";
import { openEnvelope, sealEnvelope } from "./envelope";
import {
  deleteDataKeyAcrossWorkspaces,
  findDataKeyAcrossWorkspaces,
  insertDataKeyIfAbsentAcrossWorkspaces,
} from "./vault.queries";

const dataKeyBytes = 32;
const cachedKeysMax = 500;
/** How long another process may still hold a key after it was destroyed here. */
const cachedKeyMs = 60_000;

type CachedKey = { key: Promise<KeyObject>; staleAt: number };

export type DataKeysNeeds = { across: Db; keyEncryptionKey: Buffer; clock: Clock };

/** A lifetime: the unwrapped keys live as long as the process that holds this, and no key longer than a minute unused. */
export class DataKeys {
  readonly #across: Db;
  readonly #clock: Clock;
  readonly #kek: KeyObject;
  readonly #kekId: string;
  readonly #cache = new Map<string, CachedKey>();

  constructor(needs: DataKeysNeeds) {
    this.#across = needs.across;
    this.#clock = needs.clock;
    this.#kek = createSecretKey(needs.keyEncryptionKey);
    this.#kekId = fingerprintOf(needs.keyEncryptionKey);
  }

  /** The owner's key, made when there is none yet. */
  forSealing(ownerId: string): Promise<KeyObject> {
    return this.#cached(ownerId, () => this.#findOrMake(ownerId));
  }

  /** The owner's key; rejects when it is gone, which is what crypto-shredding means. */
  forOpening(ownerId: string): Promise<KeyObject> {
    return this.#cached(ownerId, async () => {
      const key = await this.#find(ownerId);
      if (!key)
        throw new AppError("INTERNAL", "This value cannot be opened: the key that sealed it was destroyed.", {
          retryable: false,
        });
      return key;
    });
  }

  async destroy(ownerId: string): Promise<void> {
    await deleteDataKeyAcrossWorkspaces(this.#across, ownerId);
    this.#cache.delete(ownerId);
  }

  #cached(ownerId: string, load: () => Promise<KeyObject>): Promise<KeyObject> {
    const now = this.#clock.now().getTime();
    const hit = this.#cache.get(ownerId);
    if (hit && hit.staleAt > now) return hit.key;
    const key = load();
    this.#cache.delete(ownerId);
    this.#cache.set(ownerId, { key, staleAt: now + cachedKeyMs });
    this.#dropOldest();
    key.catch(() => {
      if (this.#cache.get(ownerId)?.key === key) this.#cache.delete(ownerId);
    });
    return key;
  }

  #dropOldest(): void {
    for (const ownerId of this.#cache.keys()) {
      if (this.#cache.size <= cachedKeysMax) return;
      this.#cache.delete(ownerId);
    }
  }

  async #findOrMake(ownerId: string): Promise<KeyObject> {
    const existing = await this.#find(ownerId);
    if (existing) return existing;
    const wrappedKey = sealEnvelope(this.#kek, randomBytes(dataKeyBytes), wrappingContext(ownerId));
    await insertDataKeyIfAbsentAcrossWorkspaces(this.#across, { ownerId, kekId: this.#kekId, wrappedKey });
    const winner = await this.#find(ownerId);
    if (!winner) throw new AppError("CONFLICT", "The workspace is being deleted; nothing can be sealed for it any more.");
    return winner;
  }

  async #find(ownerId: string): Promise<KeyObject | null> {
    const row = await findDataKeyAcrossWorkspaces(this.#across, ownerId);
    if (!row) return null;
    const plain = row.kekId === this.#kekId ? openEnvelope(this.#kek, row.wrappedKey, wrappingContext(ownerId)) : null;
    if (plain) return createSecretKey(plain);
    throw new AppError(
      "INTERNAL",
      `The data key was wrapped under the key-encryption key ${row.kekId}, and this process has ${this.#kekId}. Set KEY_ENCRYPTION_KEY to the key that this database was used with.`,
      { retryable: false },
    );
  }
}

/** Names a key-encryption key without telling anything about it. */
function fingerprintOf(keyEncryptionKey: Buffer): string {
  return `kek_${createHash("sha256").update("whs.kek-fingerprint.v1").update(keyEncryptionKey).digest("hex").slice(0, 16)}`;
}

function wrappingContext(ownerId: string): readonly unknown[] {
  return ["whs.data-key", ownerId];
}
