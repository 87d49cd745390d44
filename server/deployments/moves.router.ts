// Moving an agent to another runtime, over tRPC and REST.
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { DeploymentItem } from "./deployments.contract";
import { moveAgent } from "./move-agent";
import { MoveAgentInput, MovePlan } from "./moves.contract";
import { planMove } from "./plan-move";

const tags = ["Deployments"];

export const movesRouter = router({
  move: workspaceProcedure("deployment.create")
    .meta({ openapi: { method: "POST", path: "/agents/{agentId}/move", summary: "Move an agent to another runtime", tags } })
    .input(MoveAgentInput)
    .output(DeploymentItem)
    .mutation(({ ctx, input }) => moveAgent(ctx.services, ctx.scope, input)),
  /** A dry run: asks for the permission of its act, and writes nothing. */
  planMove: workspaceProcedure("deployment.create")
    .meta({ openapi: { method: "POST", path: "/agents/{agentId}/move/plan", summary: "What a move would do", tags } })
    .input(MoveAgentInput)
    .output(MovePlan)
    .query(({ ctx, input }) => planMove(ctx.services, ctx.scope, input)),
});
