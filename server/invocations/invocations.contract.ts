// The words of invocations and sessions as people look back on them, shared with the browser.
import { z } from "zod";
import { deploymentStatuses, runtimes } from "~/db/tables/deployments";
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
  /** Null: its gateway died before it was written down, and its runtime does not know. */
  mode: z.enum(["json", "stream"]).nullable(),
  outcome: z.enum(invocationOutcomes),
  errorCode: z.string().nullable(),
  errorClass: z.enum(errorClasses).nullable(),
  errorMessage: z.string().nullable(),
  computeMs: z.number(),
  firstByteMs: z.number().nullable(),
  /** From telemetry; null until the runtime has reported. */
  llmTokens: z.number().nullable(),
  toolCalls: z.number().nullable(),
  /** What the budget was charged; null for calls that are older than such records. */
  tokensCharged: z.number().nullable(),
  /** Nobody has said yet what it used: it is charged as much as it held, until its runtime reports. */
  tokensAreAssumed: z.boolean(),
  startedAt: Moment,
});
export type InvocationItem = z.infer<typeof InvocationItem>;

/** Years that PostgreSQL could not compare are refused. */
const Bound = z.coerce
  .date()
  .min(new Date("1970-01-01T00:00:00Z"))
  .max(new Date("9999-12-31T00:00:00Z"))
  .meta({ override: { type: "string", format: "date-time" } });

export const ListInvocationsInput = PageQuery.extend({
  agentId: z.string().max(40).optional(),
  traceId: z.string().max(40).optional(),
  sessionId: z.string().max(40).optional(),
  outcome: z.enum(invocationOutcomes).optional(),
  errorClass: z.enum(errorClasses).optional(),
  /** Begun at this moment or later. */
  from: Bound.optional(),
  /** Begun before this moment. */
  to: Bound.optional(),
});
export type ListInvocationsInput = z.infer<typeof ListInvocationsInput>;

/** `left`: a person who is no member any more, or whose account is gone. `ended`: a key that expired or was replaced. */
export const callerStates = ["current", "left", "ended", "revoked", "deleted"] as const;

/** Whose call or session it is. */
export const CallerItem = z.object({
  kind: z.enum(["user", "api_key"]),
  id: z.string(),
  /** Of a member of the workspace, or of a key; null for who is not there any more. */
  name: z.string().nullable(),
  /** The first characters of a key, for whoever may see keys. */
  prefix: z.string().nullable(),
  state: z.enum(callerStates),
});
export type CallerItem = z.infer<typeof CallerItem>;

/** One report of a runtime, as it signed for it. */
export const TraceEvent = z.object({
  eventId: z.string(),
  deploymentId: z.string(),
  occurredAt: Moment,
  receivedAt: Moment,
  requests: z.number(),
  llmTokens: z.number(),
  computeMs: z.number(),
  toolCalls: z.number(),
  errors: z.number(),
  errorClass: z.enum(errorClasses).nullable(),
  costUsdEstimated: z.number(),
});
export type TraceEvent = z.infer<typeof TraceEvent>;

export const TraceCall = InvocationItem.extend({
  /** Null: its gateway died before it was written down. */
  caller: CallerItem.nullable(),
  deploymentStatus: z.enum(deploymentStatuses),
  runtime: z.enum(runtimes),
  /** Its gateway died: made up from what the runtime reported. */
  isRecovered: z.boolean(),
});
export type TraceCall = z.infer<typeof TraceCall>;

/** Empty lists: nobody of this workspace ever called under that id, or it is out of its retention. */
export const Trace = z.object({ traceId: z.string(), calls: z.array(TraceCall), events: z.array(TraceEvent) });
export type Trace = z.infer<typeof Trace>;
export const TraceInput = z.object({ traceId: z.string().max(40) });

export const AgentSessionItem = z.object({
  sessionId: z.string(),
  deploymentId: z.string(),
  version: z.number(),
  caller: CallerItem,
  /** The caller's own: only they may go on with it or close it. */
  isOwn: z.boolean(),
  /** It cannot be gone on with: its version is on no runtime any more. */
  isStranded: z.boolean(),
  /** Calls of it that are still on record; counted up to 1,000. */
  calls: z.number(),
  createdAt: Moment,
  lastUsedAt: Moment,
});
export type AgentSessionItem = z.infer<typeof AgentSessionItem>;
export const AgentSessionInput = AgentIdInput.extend({ sessionId: z.string().max(40) });
export const ListAgentSessionsInput = AgentIdInput.extend(PageQuery.shape);
