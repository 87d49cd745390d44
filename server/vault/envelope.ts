// One sealed box: AES-256-GCM with a version byte in front and everything that must not change bound as associated data.
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto";

const algorithm = "aes-256-gcm";
const envelopeVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = 1 + nonceBytes;

/**
 * `version (1) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`. The nonce is random: safe for 2^32 boxes under one key
 * (NIST SP 800-38D, 8.3), which is why every owner has a key of its own.
 */
export function sealEnvelope(key: KeyObject, plaintext: Uint8Array, context: readonly unknown[]): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(bindingOf(context));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.of(envelopeVersion), nonce, ciphertext, cipher.getAuthTag()]);
}

/** Null when the box was altered, was sealed under another key, or belongs to another context. Which of them is never told. */
export function openEnvelope(key: KeyObject, sealed: Uint8Array, context: readonly unknown[]): Buffer | null {
  const box = Buffer.from(sealed);
  if (box.length < headerBytes + tagBytes || box[0] !== envelopeVersion) return null;
  const decipher = createDecipheriv(algorithm, key, box.subarray(1, headerBytes), { authTagLength: tagBytes });
  decipher.setAAD(bindingOf(context));
  decipher.setAuthTag(box.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(box.subarray(headerBytes, -tagBytes)), decipher.final()]);
  } catch {
    return null;
  }
}

/** JSON of an array: unlike joined text, no two different contexts have the same bytes. */
function bindingOf(context: readonly unknown[]): Buffer {
  return Buffer.from(JSON.stringify([envelopeVersion, ...context]), "utf8");
}
