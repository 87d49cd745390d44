// The words of agents, shared with the browser.
import { z } from "zod";
import { agentStatuses } from "~/db/tables/agents";
import { runtimes } from "~/db/tables/deployments";
import { Moment, PageQuery } from "~/server/zod-shapes";

export const AgentName = z
  .string()
  .trim()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "Use 1 to 63 lower-case letters, digits and dashes; begin and end with a letter or digit.",
  );

export const AgentItem = z.object({
  agentId: z.string(),
  name: z.string(),
  description: z.string(),
  status: z.enum(agentStatuses),
  ownerUserId: z.string(),
  activeDeploymentId: z.string().nullable(),
  activeVersion: z.number().nullable(),
  runtime: z.enum(runtimes).nullable(),
  /** Where its next versions go when their bundles claim it; null: the manifest's first that fits. */
  preferredRuntime: z.enum(runtimes).nullable(),
  /** Calls a minute from all callers together; null: it has no limit of its own. */
  callsPerMinuteMax: z.number().nullable(),
  /** Calls at once; null: as many as the plan lets. */
  concurrencyMax: z.number().nullable(),
  /** For so many days it keeps what is said to it; null: it does not. */
  conversationDays: z.number().nullable(),
  lastDeployedAt: Moment.nullable(),
  createdAt: Moment,
  updatedAt: Moment,
});
export type AgentItem = z.infer<typeof AgentItem>;

export const AgentIdInput = z.object({ agentId: z.string().max(40) });
export const CreateAgentInput = z.object({
  name: AgentName,
  description: z.string().trim().max(500, "Use at most 500 characters.").default(""),
});
export type CreateAgentInput = z.infer<typeof CreateAgentInput>;
/** Null takes it away. */
const limit = (max: number) =>
  z
    .number("Use a whole number, or leave it empty.")
    .int("Use a whole number.")
    .min(1, "Use at least 1.")
    .max(max, `Use at most ${max}.`)
    .nullable()
    .optional();
export const UpdateAgentInput = AgentIdInput.extend({
  name: AgentName.optional(),
  description: z.string().trim().max(500, "Use at most 500 characters.").optional(),
  preferredRuntime: z.enum(runtimes).nullable().optional(),
  callsPerMinuteMax: limit(600_000),
  concurrencyMax: limit(10_000),
});
export type UpdateAgentInput = z.infer<typeof UpdateAgentInput>;
export const CloneAgentInput = AgentIdInput.extend({
  name: AgentName,
  /** Also deploys the live version's bundle to the clone, as its first version. */
  deploys: z.boolean().default(false),
});
export type CloneAgentInput = z.infer<typeof CloneAgentInput>;
export const ClonedAgent = AgentItem.extend({
  /** Its first deployment; null when none was asked for, or while a key that the bundle requires has no value. */
  deploymentId: z.string().nullable(),
  /** What the bundle requires and the clone has no value for: set these, then deploy. */
  missingKeys: z.array(z.string()),
  /** Secrets of the first agent: their values are never copied. */
  secretsLeftBehind: z.array(z.string()),
});
export type ClonedAgent = z.infer<typeof ClonedAgent>;
export const ListAgentsInput = PageQuery.extend({ search: z.string().max(63).optional() });
export type ListAgentsInput = z.infer<typeof ListAgentsInput>;
