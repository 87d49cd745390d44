// Variables of an agent over tRPC and REST: what is no secret and may be read back.
import { z } from "zod";
import { AgentIdInput } from "~/server/agents/agents.contract";
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { Done } from "~/server/zod-shapes";
import { listVariables } from "./list-variables";
import { setVariable } from "./set-variable";
import { unsetVariable } from "./unset-variable";
import { SetVariableInput, UnsetVariableInput, VariableList } from "./variables.contract";

const tags = ["Variables"];

export const variablesRouter = router({
  list: workspaceProcedure("secret.read")
    .meta({ openapi: { method: "GET", path: "/agents/{agentId}/variables", summary: "List an agent's variables", tags } })
    .input(AgentIdInput)
    .output(VariableList)
    .query(({ ctx, input }) => listVariables(ctx.services, ctx.scope, input.agentId)),
  set: workspaceProcedure("agent.configure")
    .meta({ openapi: { method: "PUT", path: "/agents/{agentId}/variables/{name}", summary: "Set a variable", tags } })
    .input(SetVariableInput)
    .output(z.object({ name: z.string(), version: z.number() }))
    .mutation(({ ctx, input }) => setVariable(ctx.services, ctx.scope, input)),
  unset: workspaceProcedure("agent.configure")
    .meta({ openapi: { method: "DELETE", path: "/agents/{agentId}/variables/{name}", summary: "Unset a variable", tags } })
    .input(UnsetVariableInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await unsetVariable(ctx.services, ctx.scope, input);
      return { done: true };
    }),
});
