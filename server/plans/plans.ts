// What each tier may use, as configuration (MISSION H3). One table, read by every check.
import type { Tier } from "~/db/tables/workspaces";

export type Plan = {
  /** The zip as uploaded. */
  bundleBytesMax: number;
  /** All files of the zip together. */
  extractedBytesMax: number;
  fileBytesMax: number;
  filesMax: number;
  agentsMax: number;
  /** Wall time of one call. */
  timeoutMsMax: number;
  memoryMbMax: number;
  invokeBodyBytesMax: number;
  answerBytesMax: number;
  /** Calls at once per agent. */
  concurrencyMax: number;
  /** Calls of one person or key, of all agents together. */
  callsPerMinuteMax: number;
  telemetryRetentionDays: number;
};

const mebi = 1024 * 1024;

const free: Plan = {
  bundleBytesMax: 25 * mebi,
  extractedBytesMax: 100 * mebi,
  fileBytesMax: 25 * mebi,
  filesMax: 5_000,
  agentsMax: 20,
  timeoutMsMax: 60_000,
  memoryMbMax: 128,
  invokeBodyBytesMax: mebi,
  answerBytesMax: 10 * mebi,
  concurrencyMax: 50,
  callsPerMinuteMax: 12_000,
  telemetryRetentionDays: 30,
};

export const plans: Record<Tier, Plan> = {
  free,
  starter: { ...free, agentsMax: 50, concurrencyMax: 100, callsPerMinuteMax: 30_000, telemetryRetentionDays: 90 },
  pro: {
    ...free,
    bundleBytesMax: 50 * mebi,
    agentsMax: 200,
    timeoutMsMax: 300_000,
    memoryMbMax: 256,
    concurrencyMax: 200,
    callsPerMinuteMax: 120_000,
    telemetryRetentionDays: 180,
  },
  enterprise: {
    ...free,
    bundleBytesMax: 50 * mebi,
    agentsMax: 1_000,
    timeoutMsMax: 900_000,
    memoryMbMax: 512,
    concurrencyMax: 500,
    callsPerMinuteMax: 600_000,
    telemetryRetentionDays: 395,
  },
};

/** The frozen word by which telemetry of a tier is partitioned, for example `d30`. */
export function retentionClassOf(tier: Tier): string {
  return `d${plans[tier].telemetryRetentionDays}`;
}
