// Usage over tRPC and REST: a workspace's or an agent's series, and the last day of every agent.
import { z } from "zod";
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { listAgentUsage } from "./list-agent-usage";
import { listDeploymentDrops } from "./list-deployment-drops";
import { readUsageSeries } from "./read-usage-series";
import { AgentMetricsInput, AgentUsage, DeploymentDrop, DropsInput, UsageSeries, UsageSeriesInput } from "./usage.contract";

const tags = ["Usage"];

export const usageRouter = router({
  series: workspaceProcedure("usage.read")
    .meta({ openapi: { method: "GET", path: "/usage", summary: "Read usage by the minute, hour or day", tags } })
    .input(UsageSeriesInput)
    .output(UsageSeries)
    .query(({ ctx, input }) => readUsageSeries(ctx.services, ctx.scope, input)),
  metrics: workspaceProcedure("usage.read")
    .meta({
      openapi: {
        method: "GET",
        path: "/agents/{agentId}/metrics",
        summary: "Read one agent's usage by the minute, hour or day",
        tags,
      },
    })
    .input(AgentMetricsInput)
    .output(UsageSeries)
    .query(({ ctx, input }) => readUsageSeries(ctx.services, ctx.scope, input)),
  drops: workspaceProcedure("usage.read")
    .meta({ openapi: { method: "GET", path: "/usage/drops", summary: "Read how much telemetry was lost per deployment", tags } })
    .input(DropsInput)
    .output(z.array(DeploymentDrop))
    .query(({ ctx, input }) => listDeploymentDrops(ctx.services, ctx.scope, input)),
  agents: workspaceProcedure("usage.read")
    .output(z.array(AgentUsage))
    .query(({ ctx }) => listAgentUsage(ctx.services, ctx.scope)),
});
