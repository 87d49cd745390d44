// The words of plans, shared with the browser: what a plan may limit, and what an operator may change for one workspace.
import { z } from "zod";
import { runtimes } from "~/db/tables/deployments";
import { tiers } from "~/db/tables/workspaces";

const count = z.number().int().min(0);
const size = z.number().int().min(1);

/** Days that telemetry and logs are kept: closed, because partitions are made for each. */
export const RetentionDays = z.union([z.literal(30), z.literal(90), z.literal(180), z.literal(395)]);

/** AgentCore's own tools, each with how often it may be called in a period; 0: not at all. */
export const AgentCoreLimits = z.strictObject({
  memory: z.boolean(),
  identity: z.boolean(),
  browserSessionsMax: count,
  codeInterpreterSessionsMax: count,
  gatewayCallsMax: count,
});

export const Plan = z.strictObject({
  /** Of one period: the subscription's, else the UTC month. */
  requestsMax: count,
  tokensMax: count,
  computeMsMax: count,
  runtimes: z.array(z.enum(runtimes)).min(1).max(runtimes.length),
  agentCore: AgentCoreLimits,
  agentsMax: size,
  /** Versions of one agent that can go live again; the live one is never counted out. */
  deploymentsKeptMax: size,
  membersMax: size,
  keysMax: size,
  /** Calls at once per agent. */
  concurrencyMax: size,
  /** Calls of one person or key, of all agents together. */
  callsPerMinuteMax: size,
  /** The zip as uploaded. */
  bundleBytesMax: size,
  /** All files of the zip together. */
  extractedBytesMax: size,
  fileBytesMax: size,
  filesMax: size,
  /** What one call holds of the tokens until it has said how many it used. */
  tokensPerCallMax: count,
  /** Wall time of one call. */
  timeoutMsMax: size,
  /** Computing time of one call, on runtimes that measure it apart from waiting: Cloudflare, which takes up to 300,000. */
  cpuMsMax: z.number().int().min(1).max(300_000),
  memoryMbMax: size,
  invokeBodyBytesMax: size,
  answerBytesMax: size,
  telemetryRetentionDays: RetentionDays,
  logRetentionDays: RetentionDays,
});
export type Plan = z.infer<typeof Plan>;

export const Plans = z.strictObject({ free: Plan, starter: Plan, pro: Plan, enterprise: Plan });
export type Plans = z.infer<typeof Plans>;

/** Retention is frozen on what was written, and its partitions are of a plan: it is changed by changing the plan. */
export const PlanChanges = Plan.omit({ telemetryRetentionDays: true, logRetentionDays: true })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, "Name at least one limit.");
export type PlanChanges = z.infer<typeof PlanChanges>;

export const TierName = z.enum(tiers);

/** What a plan can refuse for; the `limitType` of `LIMIT_EXCEEDED`. */
export const limitTypes = [
  "agents",
  "members",
  "keys",
  "runtime",
  "deployments",
  "requests",
  "tokens",
  "compute_ms",
  "browser_sessions",
  "code_interpreter_sessions",
  "gateway_calls",
  "agentcore_capability",
] as const;
export type LimitType = (typeof limitTypes)[number];
