// Looking back on calls over tRPC and REST: the calls themselves, and sessions.
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import { Done, pageOf } from "~/server/zod-shapes";
import { closeAgentSession } from "./close-agent-session";
import { findTrace } from "./find-trace";
import {
  AgentSessionInput,
  AgentSessionItem,
  InvocationItem,
  ListAgentSessionsInput,
  ListInvocationsInput,
  Trace,
  TraceInput,
} from "./invocations.contract";
import { listAgentSessions } from "./list-agent-sessions";
import { listInvocations } from "./list-invocations";

const tags = ["Invocations"];

export const invocationsRouter = router({
  list: workspaceProcedure("usage.read")
    .meta({ openapi: { method: "GET", path: "/invocations", summary: "List calls, newest first", tags } })
    .input(ListInvocationsInput)
    .output(pageOf(InvocationItem))
    .query(({ ctx, input }) => listInvocations(ctx.services, ctx.scope, input)),
  trace: workspaceProcedure("usage.read")
    .meta({ openapi: { method: "GET", path: "/traces/{traceId}", summary: "Read what is known of one trace id", tags } })
    .input(TraceInput)
    .output(Trace)
    .query(({ ctx, input }) => findTrace(ctx.services, ctx.scope, input)),
  sessions: workspaceProcedure("conversation.read")
    .meta({ openapi: { method: "GET", path: "/agents/{agentId}/sessions", summary: "List an agent's sessions", tags } })
    .input(ListAgentSessionsInput)
    .output(pageOf(AgentSessionItem))
    .query(({ ctx, input }) => listAgentSessions(ctx.services, ctx.scope, { ...input, isOwnOnly: false })),
  ownSessions: workspaceProcedure("agent.invoke")
    .meta({
      openapi: { method: "GET", path: "/agents/{agentId}/own-sessions", summary: "List your own sessions with an agent", tags },
    })
    .input(ListAgentSessionsInput)
    .output(pageOf(AgentSessionItem))
    .query(({ ctx, input }) => listAgentSessions(ctx.services, ctx.scope, { ...input, isOwnOnly: true })),
  closeSession: workspaceProcedure("agent.invoke")
    .meta({
      openapi: { method: "DELETE", path: "/agents/{agentId}/sessions/{sessionId}", summary: "Close a session of your own", tags },
    })
    .input(AgentSessionInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await closeAgentSession(ctx.services, ctx.scope, input);
      return { done: true };
    }),
});
