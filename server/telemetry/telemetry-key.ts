// The signing key of one deployment's telemetry: derived whenever it is needed, never at rest (ARCHITECTURE "Telemetry").
import { hkdfSync } from "node:crypto";

const keyBytes = 32;

/**
 * HKDF-SHA256 of the root key, bound to one deployment and one generation. Rotation is generation + 1; the generation before
 * it stays accepted by `report-signature.ts` while they overlap. Returns 32 bytes.
 */
export function deriveTelemetryKey(rootKey: Buffer, deploymentId: string, generation: number): Buffer {
  const salt = Buffer.from("webhost.systems telemetry v1", "utf8");
  const info = Buffer.from(`${deploymentId}/${generation}`, "utf8");
  return hkdfSha256(rootKey, { salt, info, bytes: keyBytes });
}

/** RFC 5869, whose vectors run through it. */
export function hkdfSha256(secret: Buffer, derived: { salt: Buffer; info: Buffer; bytes: number }): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, derived.salt, derived.info, derived.bytes));
}
