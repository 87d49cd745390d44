// Whether a report was signed with its deployment's key: over the raw bytes, before anything is parsed, in constant time (MISSION G1).
import { createHmac, timingSafeEqual } from "node:crypto";
import { deriveTelemetryKey } from "./telemetry-key";

/** In the one spelling that runtimes use: a signature that was rewritten on its way is not taken. */
const signaturePattern = /^v1=([0-9a-f]{64})$/;

export type SignedReport = { deploymentId: string; signature: string | undefined; raw: Buffer };

/** Which keys count: of every root key, and of every generation that counts now. */
export type CountingKeys = { rootKeys: readonly Buffer[]; generations: readonly number[] };

/**
 * The place of the root key under which it was signed; null for none. Without a generation (an unknown deployment) it is judged
 * against a key as well, for the time it takes.
 */
export function rootKeyOfReport({ rootKeys, generations }: CountingKeys, report: SignedReport): number | null {
  const [, hex] = signaturePattern.exec(report.signature ?? "") ?? [];
  const given = Buffer.from(hex ?? "", "hex");
  const judged = generations.length === 0 ? [0] : generations;
  const verdicts = rootKeys.map((rootKey) =>
    judged.map((generation) => {
      const expected = hmacSha256(deriveTelemetryKey(rootKey, report.deploymentId, generation), report.raw);
      return given.length === expected.length && timingSafeEqual(given, expected);
    }),
  );
  const place = verdicts.findIndex((ofRoot) => ofRoot.includes(true));
  return generations.length === 0 || place < 0 ? null : place;
}

/** RFC 2104 over SHA-256, whose vectors (RFC 4231) run through it. */
export function hmacSha256(key: Buffer, raw: Buffer): Buffer {
  return createHmac("sha256", key).update(raw).digest();
}
