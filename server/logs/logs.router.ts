// What agents print, over tRPC and REST.
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { assertReadable } from "./assert-readable";
import { listLogs } from "./list-logs";
import { ListLogsInput, LogPage, TailLogsInput } from "./logs.contract";
import { watchLogs } from "./watch-logs";

const tags = ["Logs"];

export const logsRouter = router({
  list: workspaceProcedure("deployment.read")
    .meta({ openapi: { method: "GET", path: "/agents/{agentId}/logs", summary: "Search what an agent printed", tags } })
    .input(ListLogsInput)
    .output(LogPage)
    .query(({ ctx, input }) => listLogs(ctx.services, ctx.scope, input)),
  /** Server-sent events: the history first. */
  tail: workspaceProcedure("deployment.read")
    .input(TailLogsInput)
    .subscription(async ({ ctx, input, signal }) => {
      await assertReadable(ctx.services, ctx.scope, input.agentId);
      const ends = signal ? AbortSignal.any([ctx.closing, signal]) : ctx.closing;
      return watchLogs(ctx.services, ctx.scope, input, ends);
    }),
});
