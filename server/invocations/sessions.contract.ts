// The words of one session as people inspect it, shared with the browser.
import { z } from "zod";
import { AgentIdInput } from "~/server/agents/agents.contract";
import { Moment } from "~/server/zod-shapes";
import { CallerItem } from "./invocations.contract";

export const sessionStates = ["open", "closed"] as const;

export const SessionDetail = z.object({
  sessionId: z.string(),
  agentId: z.string(),
  /** Closed: it cannot be gone on with; what is known of it comes from its calls. */
  state: z.enum(sessionStates),
  /** The version that it last ran on, and its number; null for one that was deleted since. */
  deploymentId: z.string(),
  version: z.number().nullable(),
  /** Whose it is: nobody else can go on with it. */
  principal: CallerItem,
  createdAt: Moment,
  lastUsedAt: Moment,
  /** Of the calls that are still on record. */
  calls: z.object({
    total: z.number(),
    ok: z.number(),
    failed: z.number(),
    aborted: z.number(),
    /** Charged as much as they held, until their runtime reports. */
    assumed: z.number(),
  }),
  /** What the budget was charged. */
  tokens: z.number(),
  computeMs: z.number(),
  conversation: z.object({
    /** Whether the agent keeps conversations at this moment. */
    isKept: z.boolean(),
    turnsKept: z.number(),
    /** When the last of them goes; null when there is none. */
    keptUntil: Moment.nullable(),
  }),
});
export type SessionDetail = z.infer<typeof SessionDetail>;

export const InspectSessionInput = AgentIdInput.extend({ sessionId: z.string().max(40) });
export type InspectSessionInput = z.infer<typeof InspectSessionInput>;
