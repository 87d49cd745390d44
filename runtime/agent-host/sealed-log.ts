// What a stream has said so far, sealed event by event under a key that lives and dies with it in this process's memory (MISSION G3).
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto";

const tagBytes = 16;
const nonceBytes = 12;
const keyBytes = 32;

/** What an entry costs beside its bytes, roughly. */
export const entryOverheadBytes = 160;

/** A lifetime: until nobody holds it. Ids count from 1, as the events' own do. AES-256-GCM; the nonce is the id, of which each key sees one. */
export class SealedLog {
  readonly #key = createSecretKey(randomBytes(keyBytes));
  readonly #entries: Buffer[] = [];
  #textBytes = 0;

  get lastId(): number {
    return this.#entries.length;
  }

  /** Of the events themselves. */
  get textBytes(): number {
    return this.#textBytes;
  }

  append(event: string): void {
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonceOf(this.#entries.length + 1));
    const sealed = Buffer.concat([cipher.update(event, "utf8"), cipher.final(), cipher.getAuthTag()]);
    this.#entries.push(sealed);
    this.#textBytes += sealed.length - tagBytes;
  }

  /** Throws for an id that is not there, and for an entry that was altered. */
  read(id: number): Buffer {
    const sealed = this.#entries[id - 1];
    if (!sealed) throw new RangeError(`There is no event ${id}.`);
    const decipher = createDecipheriv("aes-256-gcm", this.#key, nonceOf(id));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
  }
}

function nonceOf(id: number): Buffer {
  const nonce = Buffer.alloc(nonceBytes);
  nonce.writeUIntBE(id, nonceBytes - 6, 6);
  return nonce;
}
