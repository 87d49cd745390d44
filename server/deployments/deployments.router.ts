// Deployments over tRPC and REST.
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { pageOf } from "~/server/zod-shapes";
import { activateDeployment } from "./activate-deployment";
import { cancelDeployment } from "./cancel-deployment";
import { createDeployment } from "./create-deployment";
import {
  CreateDeploymentInput,
  DeploymentDetail,
  DeploymentIdInput,
  DeploymentItem,
  DeploymentLogLine,
  ListDeploymentLogsInput,
  ListDeploymentsInput,
} from "./deployments.contract";
import { getDeployment, readDeployment } from "./get-deployment";
import { listDeploymentLogs } from "./list-deployment-logs";
import { listDeployments } from "./list-deployments";
import { retryDeployment } from "./retry-deployment";
import { watchDeployment } from "./watch-deployment";

const tags = ["Deployments"];

export const deploymentsRouter = router({
  create: workspaceProcedure("deployment.create")
    .meta({ openapi: { method: "POST", path: "/agents/{agentId}/deployments", summary: "Deploy an upload", tags } })
    .input(CreateDeploymentInput)
    .output(DeploymentItem)
    .mutation(({ ctx, input }) => createDeployment(ctx.services, ctx.scope, input)),
  list: workspaceProcedure("deployment.read")
    .meta({ openapi: { method: "GET", path: "/agents/{agentId}/deployments", summary: "List versions", tags } })
    .input(ListDeploymentsInput)
    .output(pageOf(DeploymentItem))
    .query(({ ctx, input }) => listDeployments(ctx.services, ctx.scope, input)),
  get: workspaceProcedure("deployment.read")
    .meta({ openapi: { method: "GET", path: "/deployments/{deploymentId}", summary: "Read a deployment", tags } })
    .input(DeploymentIdInput)
    .output(DeploymentDetail)
    .query(({ ctx, input }) => getDeployment(ctx.services, ctx.scope, input.deploymentId)),
  logs: workspaceProcedure("deployment.read")
    .meta({ openapi: { method: "GET", path: "/deployments/{deploymentId}/logs", summary: "Read its log", tags } })
    .input(ListDeploymentLogsInput)
    .output(pageOf(DeploymentLogLine))
    .query(({ ctx, input }) => listDeploymentLogs(ctx.services, ctx.scope, input)),
  activate: workspaceProcedure("deployment.create")
    .meta({ openapi: { method: "POST", path: "/deployments/{deploymentId}/activate", summary: "Promote or roll back", tags } })
    .input(DeploymentIdInput)
    .output(DeploymentItem)
    .mutation(({ ctx, input }) => activateDeployment(ctx.services, ctx.scope, input.deploymentId)),
  cancel: workspaceProcedure("deployment.create")
    .meta({ openapi: { method: "POST", path: "/deployments/{deploymentId}/cancel", summary: "Cancel a deployment", tags } })
    .input(DeploymentIdInput)
    .output(DeploymentItem)
    .mutation(({ ctx, input }) => cancelDeployment(ctx.services, ctx.scope, input.deploymentId)),
  retry: workspaceProcedure("deployment.create")
    .meta({ openapi: { method: "POST", path: "/deployments/{deploymentId}/retry", summary: "Try again", tags } })
    .input(DeploymentIdInput)
    .output(DeploymentItem)
    .mutation(({ ctx, input }) => retryDeployment(ctx.services, ctx.scope, input.deploymentId)),
  /** Server-sent events; the last picture has a finished status. */
  watch: workspaceProcedure("deployment.read")
    .input(DeploymentIdInput)
    .subscription(async ({ ctx, input, signal }) => {
      await readDeployment(ctx.services, ctx.scope, input.deploymentId);
      const ends = signal ? AbortSignal.any([ctx.closing, signal]) : ctx.closing;
      return watchDeployment(ctx.services, ctx.scope, input.deploymentId, ends);
    }),
});
