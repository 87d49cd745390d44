// The runtimes of this installation: as members see them over tRPC and REST, and as operators do.
import { router } from "~/server/trpc/init";
import { operatorProcedure, provenOperatorProcedure, workspaceProcedure } from "~/server/trpc/procedures";
import { listRuntimes } from "./list-runtimes";
import { readRuntimesReport } from "./read-runtimes-report";
import { removeStranger } from "./remove-stranger";
import { RemoveStrangerInput, RuntimeStates, RuntimesReport } from "./runtimes.contract";

export const runtimesRouter = router({
  list: workspaceProcedure("agent.read")
    .meta({ openapi: { method: "GET", path: "/runtimes", summary: "List the runtimes and how they are", tags: ["Runtimes"] } })
    .output(RuntimeStates)
    .query(({ ctx }) => listRuntimes(ctx.services, ctx.scope)),
  removeStranger: provenOperatorProcedure
    .input(RemoveStrangerInput)
    .mutation(({ ctx, input }) => removeStranger(ctx.services, { operator: ctx.user, visitor: ctx.request }, input)),
  report: operatorProcedure.output(RuntimesReport).query(({ ctx }) => readRuntimesReport(ctx.services)),
});
