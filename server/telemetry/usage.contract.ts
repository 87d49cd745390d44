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

/** One hour; hours without events are present with zeros, so that a chart needs no gaps filled. */
export const UsageHour = UsageTotals.extend({ hour: Moment });
export type UsageHour = z.infer<typeof UsageHour>;

export const UsageSeriesInput = z.object({
  agentId: z.string().max(40).optional(),
  /** How many hours back, the current one included. */
  hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(24 * 31)
    .default(24),
});
export type UsageSeriesInput = z.infer<typeof UsageSeriesInput>;

/** The same for one agent, which stands in the path. */
export const AgentMetricsInput = UsageSeriesInput.extend({ agentId: z.string().max(40) });

export const LatencySummary = z.object({
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});

export const UsageSeries = z.object({
  from: Moment,
  to: Moment,
  totals: UsageTotals,
  hours: z.array(UsageHour),
  /** As the gateway measured it, over the same span. */
  latency: LatencySummary,
  /** What the gateway let through against what runtimes reported: the difference is lost telemetry (MISSION G5). */
  expectedEvents: z.number(),
  receivedEvents: z.number(),
});
export type UsageSeries = z.infer<typeof UsageSeries>;

/** Last 24 hours of each agent, for tables and sparklines. */
export const AgentUsage = z.object({
  agentId: z.string(),
  requests: z.number(),
  errors: z.number(),
  p95Ms: z.number().nullable(),
  hourly: z.array(z.number()),
});
export type AgentUsage = z.infer<typeof AgentUsage>;
