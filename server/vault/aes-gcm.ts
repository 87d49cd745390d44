// AES-256-GCM as NIST SP 800-38D has it: 96 bits of nonce, 128 bits of tag, nothing of our own. Kept apart so that NIST's vectors run through it.
import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";

const algorithm = "aes-256-gcm";
export const nonceBytes = 12;
export const tagBytes = 16;

export type GcmInput = { nonce: Uint8Array; associated: Uint8Array };

/** Ciphertext, then tag. A nonce must never come twice under one key. */
export function encryptGcm(key: KeyObject, { nonce, associated }: GcmInput, plaintext: Uint8Array): Buffer[] {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associated);
  return [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
}

/** `sealed` is ciphertext and tag in one. Null when the tag is not theirs. */
export function decryptGcm(key: KeyObject, { nonce, associated }: GcmInput, sealed: Uint8Array): Buffer | null {
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(associated);
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    // A wrong tag is an answer, not a failure of ours.
    return null;
  }
}
