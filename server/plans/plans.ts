// What each tier may use: the one configuration file of plans, judged by its schema as the program starts (MISSION H3).
import type { Tier } from "~/db/tables/workspaces";
import { Plan, PlanChanges, Plans } from "./plan.contract";

export type { Plan } from "./plan.contract";

const mebi = 1024 * 1024;
const hourMs = 3_600_000;

const free: Plan = {
  requestsMax: 50_000,
  tokensMax: 5_000_000,
  tokensPerCallMax: 20_000,
  computeMsMax: 10 * hourMs,
  runtimes: ["embedded", "cloudflare"],
  agentCore: { memory: false, identity: false, browserSessionsMax: 0, codeInterpreterSessionsMax: 0, gatewayCallsMax: 0 },
  agentsMax: 20,
  deploymentsKeptMax: 10,
  membersMax: 10,
  keysMax: 50,
  concurrencyMax: 50,
  callsPerMinuteMax: 12_000,
  bundleBytesMax: 25 * mebi,
  extractedBytesMax: 100 * mebi,
  fileBytesMax: 25 * mebi,
  filesMax: 5_000,
  timeoutMsMax: 60_000,
  cpuMsMax: 10_000,
  memoryMbMax: 128,
  invokeBodyBytesMax: mebi,
  answerBytesMax: 10 * mebi,
  telemetryRetentionDays: 30,
  logRetentionDays: 30,
};

const starter: Plan = {
  ...free,
  requestsMax: 500_000,
  tokensMax: 50_000_000,
  tokensPerCallMax: 50_000,
  computeMsMax: 100 * hourMs,
  agentsMax: 50,
  deploymentsKeptMax: 30,
  membersMax: 25,
  keysMax: 100,
  concurrencyMax: 100,
  callsPerMinuteMax: 30_000,
  cpuMsMax: 30_000,
  telemetryRetentionDays: 90,
  logRetentionDays: 90,
};

const pro: Plan = {
  ...starter,
  requestsMax: 5_000_000,
  tokensMax: 500_000_000,
  tokensPerCallMax: 100_000,
  computeMsMax: 1_000 * hourMs,
  runtimes: ["embedded", "cloudflare", "agentcore"],
  agentCore: {
    memory: true,
    identity: true,
    browserSessionsMax: 1_000,
    codeInterpreterSessionsMax: 1_000,
    gatewayCallsMax: 100_000,
  },
  agentsMax: 200,
  deploymentsKeptMax: 100,
  membersMax: 100,
  keysMax: 500,
  concurrencyMax: 200,
  callsPerMinuteMax: 120_000,
  bundleBytesMax: 50 * mebi,
  timeoutMsMax: 300_000,
  cpuMsMax: 60_000,
  memoryMbMax: 256,
  telemetryRetentionDays: 180,
  logRetentionDays: 180,
};

const enterprise: Plan = {
  ...pro,
  requestsMax: 1_000_000_000,
  tokensMax: 1_000_000_000_000,
  tokensPerCallMax: 200_000,
  computeMsMax: 1_000_000 * hourMs,
  runtimes: ["embedded", "cloudflare", "agentcore", "vps"],
  agentCore: {
    memory: true,
    identity: true,
    browserSessionsMax: 100_000,
    codeInterpreterSessionsMax: 100_000,
    gatewayCallsMax: 10_000_000,
  },
  agentsMax: 1_000,
  deploymentsKeptMax: 1_000,
  membersMax: 1_000,
  keysMax: 5_000,
  concurrencyMax: 500,
  callsPerMinuteMax: 600_000,
  timeoutMsMax: 900_000,
  cpuMsMax: 300_000,
  memoryMbMax: 512,
  telemetryRetentionDays: 395,
  logRetentionDays: 395,
};

export const plans: Plans = Plans.parse({ free, starter, pro, enterprise });

/** What a workspace may use: its tier, with what an operator changed for it. */
export function planOf(tier: Tier, changes: Record<string, unknown> | null): Plan {
  if (changes === null) return plans[tier];
  // A limit may have got another meaning since it was written down: what does not fit any more falls back to the tier's.
  const kept = Object.entries(changes).filter(([name, value]) => isChange(name, value));
  return { ...plans[tier], ...Object.fromEntries(kept) };
}

function isChange(name: string, value: unknown): boolean {
  return name in Plan.shape && PlanChanges.safeParse({ [name]: value }).success;
}

/** The frozen word by which telemetry of a tier is partitioned, for example `d30`. */
export function retentionClassOf(tier: Tier): string {
  return `d${plans[tier].telemetryRetentionDays}`;
}
