// Kept conversations over tRPC and REST.
import { AgentIdInput } from "~/server/agents/agents.contract";
import { router } from "~/server/trpc/init";
import { workspaceProcedure } from "~/server/trpc/procedures";
import {
  ConversationKeeping,
  ConversationPage,
  DeleteConversationsInput,
  DeletedConversations,
  KeepConversationsInput,
  ReadConversationInput,
  StopKeepingInput,
} from "./conversations.contract";
import { deleteConversations } from "./delete-conversations";
import { keepConversations } from "./keep-conversations";
import { readConversation } from "./read-conversation";
import { readKeeping } from "./read-keeping";
import { stopKeeping } from "./stop-keeping";

const tags = ["Conversations"];

export const conversationsRouter = router({
  /** Everybody who sees the agent may know that it listens. */
  keeping: workspaceProcedure("agent.read")
    .meta({
      openapi: { method: "GET", path: "/agents/{agentId}/conversations", summary: "Whether conversations are kept", tags },
    })
    .input(AgentIdInput)
    .output(ConversationKeeping)
    .query(({ ctx, input }) => readKeeping(ctx.services, ctx.scope, input.agentId)),
  keep: workspaceProcedure("conversation.keep")
    .meta({
      openapi: { method: "POST", path: "/agents/{agentId}/conversations/keep", summary: "Keep conversations, sealed", tags },
    })
    .input(KeepConversationsInput)
    .output(ConversationKeeping)
    .mutation(({ ctx, input }) => keepConversations(ctx.services, ctx.scope, input)),
  stop: workspaceProcedure("conversation.keep")
    .meta({
      openapi: { method: "POST", path: "/agents/{agentId}/conversations/stop", summary: "Keep no more conversations", tags },
    })
    .input(StopKeepingInput)
    .output(ConversationKeeping)
    .mutation(({ ctx, input }) => stopKeeping(ctx.services, ctx.scope, input)),
  delete: workspaceProcedure("conversation.keep")
    .meta({
      openapi: { method: "DELETE", path: "/agents/{agentId}/conversations", summary: "Delete what was kept", tags },
    })
    .input(DeleteConversationsInput)
    .output(DeletedConversations)
    .mutation(({ ctx, input }) => deleteConversations(ctx.services, ctx.scope, input)),
  /** Each reading is audited. */
  read: workspaceProcedure("conversation.read")
    .meta({
      openapi: {
        method: "GET",
        path: "/agents/{agentId}/sessions/{sessionId}/conversation",
        summary: "Read what was kept of a session",
        tags,
      },
    })
    .input(ReadConversationInput)
    .output(ConversationPage)
    .query(({ ctx, input }) => readConversation(ctx.services, ctx.scope, input)),
});
