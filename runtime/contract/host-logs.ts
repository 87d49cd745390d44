// Lines of agents on their way from a host to the house: `POST /internal/logs ← HostLogReport → 204` once they are durable.
import { z } from "zod";

/** Of one deployment; the host keeps to them, and the house makes sure. */
export const logCaps = {
  lineBytesMax: 8 * 1024,
  linesPerMinuteMax: 1_000,
  bytesPerMinuteMax: 1024 * 1024,
  bytesPerDayMax: 64 * 1024 * 1024,
} as const;

export const reportLinesMax = 1_000;
export const reportBytesMax = 4 * 1024 * 1024;

export const ShippedLine = z.strictObject({
  /** Rises with every line of this deployment and source, gaps allowed. */
  seq: z.number().int().min(1),
  at: z.iso.datetime({ offset: true }).max(40),
  stream: z.enum(["stdout", "stderr", "host"]),
  line: z.string().max(16_384),
  isCut: z.literal(true).optional(),
  traceId: z.string().max(40).optional(),
  sessionId: z.string().max(40).optional(),
  /** Of a line of the host's own that says so: how many lines are missing here. */
  leftOut: z.number().int().min(1).optional(),
});
export type ShippedLine = z.infer<typeof ShippedLine>;

export const HostLogReport = z.strictObject({
  /** One life of the host: sequences begin anew with the next. */
  source: z.string().regex(/^[0-9a-z]{8,40}$/),
  deployments: z
    .array(z.strictObject({ deploymentId: z.string().max(40), lines: z.array(ShippedLine).min(1).max(reportLinesMax) }))
    .max(reportLinesMax),
});
export type HostLogReport = z.infer<typeof HostLogReport>;

export function linesLeftOut(count: number, why: string): string {
  return `${count} ${count === 1 ? "line was" : "lines were"} left out: ${why}.`;
}

/** Why lines were left out, in the words of the log. */
export const leftOutReasons = {
  minute: `more than ${logCaps.linesPerMinuteMax} lines or ${logCaps.bytesPerMinuteMax / 1024} KiB a minute`,
  day: `more than ${logCaps.bytesPerDayMax / 1024 / 1024} MiB a day`,
  backlog: "the control plane could not be reached for too long",
} as const;
