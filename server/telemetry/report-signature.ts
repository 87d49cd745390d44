// Whether a report was signed with its deployment's key: over the raw bytes, before anything is parsed, in constant time (MISSION G1).
import { createHmac, timingSafeEqual } from "node:crypto";
import { deriveTelemetryKey } from "./telemetry-key";

const signaturePattern = /^v1=([0-9a-fA-F]{64})$/;

export type SignedReport = { deploymentId: string; signature: string | undefined; raw: Buffer };

/**
 * True under the current generation's key and under the one before it, so that a rotation loses no report. An unknown
 * deployment is judged against a key as well, for the time it takes.
 */
export function isGenuineReport(rootKey: Buffer, report: SignedReport, currentGeneration: number | null): boolean {
  const [, hex] = signaturePattern.exec(report.signature ?? "") ?? [];
  const given = Buffer.from(hex ?? "", "hex");
  const generations = currentGeneration === null ? [0] : [currentGeneration, currentGeneration - 1].filter((one) => one > 0);
  const verdicts = generations.map((generation) => {
    const key = deriveTelemetryKey(rootKey, report.deploymentId, generation);
    const expected = createHmac("sha256", key).update(report.raw).digest();
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return currentGeneration !== null && verdicts.includes(true);
}
