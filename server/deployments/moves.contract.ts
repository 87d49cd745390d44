// The words of moving an agent to another runtime: what it would do, and what it costs (AHEAD 13).
import { z } from "zod";
import { runtimes } from "~/db/tables/deployments";
import { AgentIdInput } from "~/server/agents/agents.contract";
import { DeploymentPlan, NamedVersion } from "./foresight.contract";

export const MoveAgentInput = AgentIdInput.extend({ runtime: z.enum(runtimes) });
export type MoveAgentInput = z.infer<typeof MoveAgentInput>;

/** What the last thirty days would be estimated at; null where that runtime is not offered here. */
export const MoveCost = z.object({
  requests: z.number(),
  computeMs: z.number(),
  llmTokens: z.number(),
  nowUsd: z.number().nullable(),
  thenUsd: z.number().nullable(),
});

export const MovePlan = DeploymentPlan.extend({
  from: z.enum(runtimes),
  to: z.enum(runtimes),
  /** The version that is live now. It stays placed where it is, so going back is activating it. */
  rollback: NamedVersion,
  /** Sessions that people hold now, and what becomes of them: what they remember never leaves the runtime it was kept on. */
  sessions: z.object({
    open: z.number(),
    /** `stay`: they go on with the version they began with. `begin_anew`: their next call meets an agent that remembers nothing. */
    afterwards: z.enum(["stay", "begin_anew"]),
  }),
  cost: MoveCost,
});
export type MovePlan = z.infer<typeof MovePlan>;
