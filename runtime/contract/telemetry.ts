// What a runtime reports about each call: counts and timings, no place for content (CONTRACTS "Telemetry").
import { z } from "zod";

export { telemetryHeaders } from "./telemetry-headers";

/** Facts of a provider in words: no control characters, no halves of characters, nothing that PostgreSQL could not keep. */
const words = /^\P{C}*$/u;
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const TelemetryEvent = z.strictObject({
  eventId: z.string().regex(/^evt_[0-9A-HJKMNP-TV-Z]{26}$/),
  userId: z.string().max(40),
  agentId: z.string().max(40),
  deploymentId: z.string().max(40),
  runtimeProvider: z.enum(["embedded", "cloudflare", "agentcore", "vps"]),
  timestamp: z.iso.datetime(),
  requests: count,
  llmTokens: count,
  computeMs: count,
  toolCalls: count,
  errors: count,
  errorClass: z.enum(["auth", "limit", "runtime", "tool", "unknown"]).nullable(),
  costUsdEstimated: z.number().min(0).max(1_000_000),
  traceId: z.string().regex(/^trc_[0-9A-HJKMNP-TV-Z]{26}$/),
  provider: z
    .record(z.string().max(40).regex(words), z.union([z.number(), z.boolean(), z.string().max(100).regex(words)]))
    .default({}),
});
export type TelemetryEvent = z.infer<typeof TelemetryEvent>;

export const telemetryBatchMax = 500;

/** Checked one by one, so that a bad event does not sink the others. */
export const TelemetryBatch = z.strictObject({ events: z.array(z.unknown()).min(1).max(telemetryBatchMax) });
