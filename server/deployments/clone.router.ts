// `agents.clone` over tRPC and REST: of the acts on agents the one that deploys.
import { CloneAgentInput, ClonedAgent } from "~/server/agents/agents.contract";
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { cloneAgent } from "./clone-agent";

export const cloneRouter = router({
  clone: workspaceProcedure("agent.configure")
    .meta({ openapi: { method: "POST", path: "/agents/{agentId}/clone", summary: "Clone an agent", tags: ["Agents"] } })
    .input(CloneAgentInput)
    .output(ClonedAgent)
    .mutation(({ ctx, input }) => cloneAgent(ctx.services, ctx.scope, input)),
});
