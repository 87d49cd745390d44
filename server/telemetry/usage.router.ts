// Usage over tRPC and REST: a workspace's or an agent's series, and the last day of every agent.
import { z } from "zod";
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { listAgentUsage } from "./list-agent-usage";
import { readUsageSeries } from "./read-usage-series";
import { AgentMetricsInput, AgentUsage, UsageSeries, UsageSeriesInput } from "./usage.contract";

const tags = ["Usage"];

export const usageRouter = router({
  series: workspaceProcedure("usage.read")
    .meta({ openapi: { method: "GET", path: "/usage", summary: "Read usage hour by hour", tags } })
    .input(UsageSeriesInput)
    .output(UsageSeries)
    .query(({ ctx, input }) => readUsageSeries(ctx.services, ctx.scope, input)),
  metrics: workspaceProcedure("usage.read")
    .meta({ openapi: { method: "GET", path: "/agents/{agentId}/metrics", summary: "Read one agent's usage hour by hour", tags } })
    .input(AgentMetricsInput)
    .output(UsageSeries)
    .query(({ ctx, input }) => readUsageSeries(ctx.services, ctx.scope, input)),
  agents: workspaceProcedure("usage.read")
    .output(z.array(AgentUsage))
    .query(({ ctx }) => listAgentUsage(ctx.services, ctx.scope)),
});
