// The words of usage and metrics, shared with the browser.
import { z } from "zod";
import { Moment } from "~/server/zod-shapes";

export const UsageTotals = z.object({
  requests: z.number(),
  llmTokens: z.number(),
  computeMs: z.number(),
  toolCalls: z.number(),
  errors: z.number(),
  /** Estimated, never billed from. */
  costUsdEstimated: z.number(),
});
export type UsageTotals = z.infer<typeof UsageTotals>;

export const UsageGrain = z.enum(["minute", "hour", "day"]);
export type UsageGrain = z.infer<typeof UsageGrain>;

export const LatencySummary = z.object({
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});
export type LatencySummary = z.infer<typeof LatencySummary>;

/** One step; steps without events are present with zeros, so that a chart needs no gaps filled. */
export const UsageHour = UsageTotals.extend({
  /** The start of the step: of an hour, or of what `grain` says. */
  hour: Moment,
  /** Calls that the gateway let through, and reports that came: the difference is lost telemetry. */
  expectedEvents: z.number(),
  receivedEvents: z.number(),
  failedCalls: z.number(),
  /** As the gateway measured it; null without calls. */
  ...LatencySummary.shape,
});
export type UsageHour = z.infer<typeof UsageHour>;

/** The longest span of each grain, in hours: what is kept of it, and what a chart can show. */
export const grainHoursMax = { minute: 24, hour: 24 * 31, day: 24 * 400 } as const satisfies Record<UsageGrain, number>;

const span = {
  deploymentId: z.string().max(40).optional(),
  /** How many hours back, the current one included. */
  hours: z.coerce.number().int().min(1).max(grainHoursMax.day).default(24),
  /** Hours, and days for more than 31 days, unless said otherwise. */
  grain: UsageGrain.optional(),
};

export const UsageSeriesInput = z.object({ agentId: z.string().max(40).optional(), ...span });
export type UsageSeriesInput = z.infer<typeof UsageSeriesInput>;

/** The same for one agent, which stands in the path. */
export const AgentMetricsInput = UsageSeriesInput.extend({ agentId: z.string().max(40) });

export const UsageSeries = z.object({
  from: Moment,
  to: Moment,
  grain: UsageGrain,
  totals: UsageTotals,
  hours: z.array(UsageHour),
  /** As the gateway measured it, over the same span; at most 5 % or a millisecond off. */
  latency: LatencySummary,
  /** What the gateway let through against what runtimes reported: the difference is lost telemetry (MISSION G5). */
  expectedEvents: z.number(),
  receivedEvents: z.number(),
});
export type UsageSeries = z.infer<typeof UsageSeries>;

/** What `GET /v1/usage/export` is asked with. A link carries no header, so the workspace may stand in the query. */
export const ExportUsageQuery = UsageSeriesInput.extend({ workspaceId: z.string().max(40).optional() });
export type ExportUsageQuery = z.infer<typeof ExportUsageQuery>;

export const DropsInput = z.object({
  agentId: z.string().max(40).optional(),
  hours: z.coerce.number().int().min(1).max(grainHoursMax.day).default(24),
});
export type DropsInput = z.infer<typeof DropsInput>;

/** How much of a deployment's telemetry was lost on the way. */
export const DeploymentDrop = z.object({
  agentId: z.string(),
  agentName: z.string(),
  deploymentId: z.string(),
  version: z.number(),
  expectedEvents: z.number(),
  receivedEvents: z.number(),
  missingEvents: z.number(),
  /** 0 to 1. */
  dropShare: z.number(),
});
export type DeploymentDrop = z.infer<typeof DeploymentDrop>;

/** Last 24 hours of each agent, for tables and sparklines. */
export const AgentUsage = z.object({
  agentId: z.string(),
  requests: z.number(),
  errors: z.number(),
  p95Ms: z.number().nullable(),
  hourly: z.array(z.number()),
});
export type AgentUsage = z.infer<typeof AgentUsage>;
