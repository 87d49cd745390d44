// One sealed box: AES-256-GCM with a version byte in front and everything that must not change bound as associated data.
import { type KeyObject, randomBytes } from "node:crypto";
import { decryptGcm, encryptGcm, nonceBytes, tagBytes } from "./aes-gcm";

const envelopeVersion = 1;
const headerBytes = 1 + nonceBytes;

/**
 * `version (1) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`. The nonce is random: safe for 2^32 boxes under one key
 * (NIST SP 800-38D, 8.3), which is why every owner has a key of its own.
 */
export function sealEnvelope(key: KeyObject, plaintext: Uint8Array, context: readonly unknown[]): Buffer {
  const nonce = randomBytes(nonceBytes);
  return Buffer.concat([
    Buffer.of(envelopeVersion),
    nonce,
    ...encryptGcm(key, { nonce, associated: bindingOf(context) }, plaintext),
  ]);
}

/** Null when the box was altered, was sealed under another key, or belongs to another context. Which of them is never told. */
export function openEnvelope(key: KeyObject, sealed: Uint8Array, context: readonly unknown[]): Buffer | null {
  if (sealed.length < headerBytes + tagBytes || sealed[0] !== envelopeVersion) return null;
  const nonce = sealed.subarray(1, headerBytes);
  return decryptGcm(key, { nonce, associated: bindingOf(context) }, sealed.subarray(headerBytes));
}

/** JSON of an array: unlike joined text, no two different contexts have the same bytes. */
function bindingOf(context: readonly unknown[]): Buffer {
  return Buffer.from(JSON.stringify([envelopeVersion, ...context]), "utf8");
}
