// The words of kept conversations, shared with the browser.
import { z } from "zod";
import { invocationOutcomes } from "~/db/tables/invocations";
import { AgentIdInput } from "~/server/agents/agents.contract";
import { Moment, pageOf } from "~/server/zod-shapes";

/** Whether an agent keeps what is said to it; off until somebody switches it on. */
export const ConversationKeeping = z.object({
  agentId: z.string(),
  isOn: z.boolean(),
  /** Days a turn is kept while it is on; null while it is off. */
  keepDays: z.number().nullable(),
  /** The most that the workspace's plan allows. */
  keepDaysMax: z.number(),
  since: Moment.nullable(),
  /** Also what was kept before it was switched off. */
  turnsKept: z.number(),
});
export type ConversationKeeping = z.infer<typeof ConversationKeeping>;

export const KeepConversationsInput = AgentIdInput.extend({
  /** What the plan allows when it is left out. */
  keepDays: z.coerce.number().int().min(1).max(400).optional(),
});
export type KeepConversationsInput = z.infer<typeof KeepConversationsInput>;

/** No default: whoever switches it off says what becomes of what is there. */
export const StopKeepingInput = AgentIdInput.extend({ deletesKept: z.boolean() });
export type StopKeepingInput = z.infer<typeof StopKeepingInput>;

export const DeleteConversationsInput = AgentIdInput.extend({
  /** One session's; everything that the agent kept when it is left out. */
  sessionId: z.string().max(40).optional(),
});
export type DeleteConversationsInput = z.infer<typeof DeleteConversationsInput>;

export const DeletedConversations = z.object({ turnsDeleted: z.number() });
export type DeletedConversations = z.infer<typeof DeletedConversations>;

export const KeptMessage = z.object({ role: z.enum(["system", "user", "assistant", "tool"]), content: z.string() });

export const ConversationTurn = z.object({
  turnId: z.string(),
  traceId: z.string(),
  deploymentId: z.string(),
  startedAt: Moment,
  expiresAt: Moment,
  outcome: z.enum(invocationOutcomes),
  /** As the caller sent them: a caller who sends the whole history repeats it in each turn. */
  messages: z.array(KeptMessage),
  /** As far as it came. */
  answer: z.string(),
  /** Messages or answer were longer than what is kept of a turn. */
  isCut: z.boolean(),
  /** Its seal does not open: it was altered, or its key is gone. Messages and answer are empty then. */
  isUnreadable: z.boolean(),
});
export type ConversationTurn = z.infer<typeof ConversationTurn>;

/** Oldest first. */
export const ReadConversationInput = AgentIdInput.extend({
  sessionId: z.string().max(40),
  limit: z.coerce.number().int().min(1).max(50).default(25),
  cursor: z.string().max(200).optional(),
});
export type ReadConversationInput = z.infer<typeof ReadConversationInput>;

export const ConversationPage = pageOf(ConversationTurn);
export type ConversationPage = z.infer<typeof ConversationPage>;
