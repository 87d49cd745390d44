// Agents over tRPC and REST. Cloning one deploys as well, so it stands in deployments/clone.router.ts.
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { Done, pageOf } from "~/server/zod-shapes";
import { AgentIdInput, AgentItem, CreateAgentInput, ListAgentsInput, UpdateAgentInput } from "./agents.contract";
import { createAgent } from "./create-agent";
import { deleteAgent } from "./delete-agent";
import { disableAgent, enableAgent } from "./disable-agent";
import { getAgent } from "./get-agent";
import { listAgents } from "./list-agents";
import { updateAgent } from "./update-agent";

const tags = ["Agents"];

export const agentsRouter = router({
  list: workspaceProcedure("agent.read")
    .meta({ openapi: { method: "GET", path: "/agents", summary: "List agents", tags } })
    .input(ListAgentsInput)
    .output(pageOf(AgentItem))
    .query(({ ctx, input }) => listAgents(ctx.services, ctx.scope, input)),
  get: workspaceProcedure("agent.read")
    .meta({ openapi: { method: "GET", path: "/agents/{agentId}", summary: "Read an agent", tags } })
    .input(AgentIdInput)
    .output(AgentItem)
    .query(({ ctx, input }) => getAgent(ctx.services, ctx.scope, input.agentId)),
  create: workspaceProcedure("agent.configure")
    .meta({ openapi: { method: "POST", path: "/agents", summary: "Create an agent", tags } })
    .input(CreateAgentInput)
    .output(AgentItem)
    .mutation(({ ctx, input }) => createAgent(ctx.services, ctx.scope, input)),
  update: workspaceProcedure("agent.configure")
    .meta({ openapi: { method: "PATCH", path: "/agents/{agentId}", summary: "Rename or describe an agent", tags } })
    .input(UpdateAgentInput)
    .output(AgentItem)
    .mutation(({ ctx, input }) => updateAgent(ctx.services, ctx.scope, input)),
  delete: workspaceProcedure("agent.delete")
    .meta({ openapi: { method: "DELETE", path: "/agents/{agentId}", summary: "Delete an agent", tags } })
    .input(AgentIdInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await deleteAgent(ctx.services, ctx.scope, input.agentId);
      return { done: true };
    }),
  enable: workspaceProcedure("agent.configure")
    .meta({ openapi: { method: "POST", path: "/agents/{agentId}/enable", summary: "Enable an agent", tags } })
    .input(AgentIdInput)
    .output(AgentItem)
    .mutation(({ ctx, input }) => enableAgent(ctx.services, ctx.scope, input.agentId)),
  disable: workspaceProcedure("agent.configure")
    .meta({ openapi: { method: "POST", path: "/agents/{agentId}/disable", summary: "Disable an agent", tags } })
    .input(AgentIdInput)
    .output(AgentItem)
    .mutation(({ ctx, input }) => disableAgent(ctx.services, ctx.scope, input.agentId)),
});
