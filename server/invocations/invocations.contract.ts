// The words of invocations and sessions as people look back on them, shared with the browser.
import { z } from "zod";
import { errorClasses, invocationOutcomes } from "~/db/tables/invocations";
import { AgentIdInput } from "~/server/agents/agents.contract";
import { Moment, PageQuery } from "~/server/zod-shapes";

export const InvocationItem = z.object({
  traceId: z.string(),
  agentId: z.string(),
  agentName: z.string(),
  deploymentId: z.string(),
  version: z.number(),
  sessionId: z.string().nullable(),
  mode: z.enum(["json", "stream"]),
  outcome: z.enum(invocationOutcomes),
  errorCode: z.string().nullable(),
  errorClass: z.enum(errorClasses).nullable(),
  errorMessage: z.string().nullable(),
  computeMs: z.number(),
  firstByteMs: z.number().nullable(),
  /** From telemetry; null until the runtime has reported. */
  llmTokens: z.number().nullable(),
  toolCalls: z.number().nullable(),
  startedAt: Moment,
});
export type InvocationItem = z.infer<typeof InvocationItem>;

export const ListInvocationsInput = PageQuery.extend({
  agentId: z.string().max(40).optional(),
  traceId: z.string().max(40).optional(),
});
export type ListInvocationsInput = z.infer<typeof ListInvocationsInput>;

export const AgentSessionItem = z.object({
  sessionId: z.string(),
  deploymentId: z.string(),
  version: z.number(),
  createdAt: Moment,
  lastUsedAt: Moment,
});
export type AgentSessionItem = z.infer<typeof AgentSessionItem>;
export const AgentSessionInput = AgentIdInput.extend({ sessionId: z.string().max(40) });
export const ListAgentSessionsInput = AgentIdInput.extend(PageQuery.shape);

export const AgentLogItem = z.object({ at: z.string(), stream: z.enum(["stdout", "stderr", "host"]), line: z.string() });
export const AgentLogsInput = AgentIdInput.extend({ limit: z.coerce.number().int().min(1).max(1_000).default(200) });
