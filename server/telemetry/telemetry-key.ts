// The signing key of one deployment's telemetry: derived whenever it is needed, kept nowhere (ARCHITECTURE "Telemetry").
import { hkdfSync } from "node:crypto";

const keyBytes = 32;

/**
 * HKDF-SHA256 of the root key, bound to one deployment and one generation. Rotation is generation + 1; the generation before
 * it stays accepted by `report-signature.ts`. Returns 32 bytes.
 */
export function deriveTelemetryKey(rootKey: Buffer, deploymentId: string, generation: number): Buffer {
  const info = `${deploymentId}/${generation}`;
  return Buffer.from(hkdfSync("sha256", rootKey, "webhost.systems telemetry v1", info, keyBytes));
}
