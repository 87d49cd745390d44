// Whether a report was signed with its deployment's key: over the raw bytes, before anything is parsed, in constant time (MISSION G1).
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import { deriveTelemetryKey } from "./telemetry-key";

/** In the one spelling that runtimes use: a signature that was rewritten on its way is not taken. */
const signaturePattern = /^v1=([0-9a-f]{64})$/;

export type SignedReport = { deploymentId: string; signature: string | undefined; raw: Buffer };

/** Deriving a key takes longer than all else that a report needs; kept in memory with the knowledge of its deployment, for a second. */
export type DerivedKeys = Map<string, KeyObject>;

/** Which keys count: of every root key, and of every generation that counts now. `derived`: those of this deployment so far. */
export type CountingKeys = { rootKeys: readonly Buffer[]; generations: readonly number[]; derived?: DerivedKeys };

/**
 * The place of the root key under which it was signed; null for none. Without a generation (an unknown deployment) it is judged
 * against a key as well, for the time it takes.
 */
export function rootKeyOfReport(keys: CountingKeys, report: SignedReport): number | null {
  const { rootKeys, generations } = keys;
  const [, hex] = signaturePattern.exec(report.signature ?? "") ?? [];
  const given = Buffer.from(hex ?? "", "hex");
  const judged = generations.length === 0 ? [0] : generations;
  const verdicts = rootKeys.map((_rootKey, place) =>
    judged.map((generation) => {
      const expected = hmacSha256(keyOf(keys, { place, generation, deploymentId: report.deploymentId }), report.raw);
      return given.length === expected.length && timingSafeEqual(given, expected);
    }),
  );
  const place = verdicts.findIndex((ofRoot) => ofRoot.includes(true));
  return generations.length === 0 || place < 0 ? null : place;
}

function keyOf(keys: CountingKeys, of: { place: number; generation: number; deploymentId: string }): KeyObject {
  const name = `${of.place}/${of.generation}`;
  const known = keys.derived?.get(name);
  if (known) return known;
  const rootKey = keys.rootKeys[of.place] ?? Buffer.alloc(0);
  const key = createSecretKey(deriveTelemetryKey(rootKey, of.deploymentId, of.generation));
  keys.derived?.set(name, key);
  return key;
}

/** RFC 2104 over SHA-256, whose vectors (RFC 4231) run through it. */
export function hmacSha256(key: Buffer | KeyObject, raw: Buffer): Buffer {
  return createHmac("sha256", key).update(raw).digest();
}
