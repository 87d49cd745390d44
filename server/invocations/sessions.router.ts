// Sessions of agents, one at a time, over tRPC and REST.
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { inspectSession } from "./inspect-session";
import { InspectSessionInput, SessionDetail } from "./sessions.contract";

export const sessionsRouter = router({
  inspect: workspaceProcedure("conversation.read")
    .meta({
      openapi: {
        method: "GET",
        path: "/agents/{agentId}/sessions/{sessionId}",
        summary: "Inspect one session",
        tags: ["Invocations"],
      },
    })
    .input(InspectSessionInput)
    .output(SessionDetail)
    .query(({ ctx, input }) => inspectSession(ctx.services, ctx.scope, input)),
});
