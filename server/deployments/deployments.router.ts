// Deployments over tRPC and REST.
import { AgentIdInput } from "~/server/agents/agents.contract";
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { pageOf } from "~/server/zod-shapes";
import { activateDeployment } from "./activate-deployment";
import { cancelDeployment } from "./cancel-deployment";
import {
  CompareDeploymentsInput,
  DeploymentFile,
  DeploymentFiles,
  ReadDeploymentFileInput,
  VersionDiff,
} from "./compare.contract";
import { compareDeployments } from "./compare-deployments";
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
import { ActivationPlan, AgentDeletionPlan, DeploymentPlan } from "./foresight.contract";
import { getDeployment, readDeployment } from "./get-deployment";
import { listDeploymentFiles } from "./list-deployment-files";
import { listDeploymentLogs } from "./list-deployment-logs";
import { listDeployments } from "./list-deployments";
import { planActivation } from "./plan-activation";
import { planAgentDeletion } from "./plan-agent-deletion";
import { planDeployment } from "./plan-deployment";
import { readDeploymentFile } from "./read-deployment-file";
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
  /** Lines of code only for whoever may read it; the rest for everybody who sees versions. */
  compare: workspaceProcedure("deployment.read")
    .meta({ openapi: { method: "GET", path: "/deployments/{deploymentId}/diff", summary: "Compare two versions", tags } })
    .input(CompareDeploymentsInput)
    .output(VersionDiff)
    .query(({ ctx, input: { deploymentId, against } }) =>
      compareDeployments(ctx.services, ctx.scope, { before: { deploymentId: against }, after: { deploymentId } }),
    ),
  files: workspaceProcedure("bundle.read")
    .meta({ openapi: { method: "GET", path: "/deployments/{deploymentId}/files", summary: "List the files of a bundle", tags } })
    .input(DeploymentIdInput)
    .output(DeploymentFiles)
    .query(({ ctx, input }) => listDeploymentFiles(ctx.services, ctx.scope, input.deploymentId)),
  file: workspaceProcedure("bundle.read")
    .meta({ openapi: { method: "GET", path: "/deployments/{deploymentId}/files/content", summary: "Read one file", tags } })
    .input(ReadDeploymentFileInput)
    .output(DeploymentFile)
    .query(({ ctx, input }) => readDeploymentFile(ctx.services, ctx.scope, input)),
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
  /** Dry runs: each asks for the permission of its act, and writes nothing. */
  plan: workspaceProcedure("deployment.create")
    .meta({
      openapi: { method: "POST", path: "/agents/{agentId}/deployments/plan", summary: "What a deployment would do", tags },
    })
    .input(CreateDeploymentInput)
    .output(DeploymentPlan)
    .query(({ ctx, input }) => planDeployment(ctx.services, ctx.scope, input)),
  planActivation: workspaceProcedure("deployment.create")
    .meta({
      openapi: { method: "GET", path: "/deployments/{deploymentId}/activation/plan", summary: "What activating would do", tags },
    })
    .input(DeploymentIdInput)
    .output(ActivationPlan)
    .query(({ ctx, input }) => planActivation(ctx.services, ctx.scope, input.deploymentId)),
  planAgentDeletion: workspaceProcedure("agent.delete")
    .meta({
      openapi: { method: "GET", path: "/agents/{agentId}/deletion/plan", summary: "What deleting would take along", tags },
    })
    .input(AgentIdInput)
    .output(AgentDeletionPlan)
    .query(({ ctx, input }) => planAgentDeletion(ctx.services, ctx.scope, input.agentId)),
  /** Server-sent events; the last picture has a finished status. */
  watch: workspaceProcedure("deployment.read")
    .input(DeploymentIdInput)
    .subscription(async ({ ctx, input, signal }) => {
      await readDeployment(ctx.services, ctx.scope, input.deploymentId);
      const ends = signal ? AbortSignal.any([ctx.closing, signal]) : ctx.closing;
      return watchDeployment(ctx.services, ctx.scope, input.deploymentId, ends);
    }),
});
