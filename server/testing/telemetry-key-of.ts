// The telemetry key that a deployment signs with, for tests that look for it where it must not be.
import { deriveTelemetryKey } from "~/server/telemetry/telemetry-key";

/** Hexadecimal, as the launch grant holds it. */
export function telemetryKeyOf(rootKeyHex: string, deploymentId: string, generation = 1): string {
  return deriveTelemetryKey(Buffer.from(rootKeyHex, "hex"), deploymentId, generation).toString("hex");
}
