// What people are told of the runtimes of this installation.
import { z } from "zod";
import { runtimes } from "~/db/tables/deployments";
import { runtimeStatuses } from "~/db/tables/runtime-checks";
import { strayKinds, strayOutcomes } from "~/db/tables/stray-placements";
import { Moment } from "~/server/zod-shapes";

const runtime = z.enum(runtimes);

/** Null: it is offered, and no worker has checked it yet. */
const lastCheck = z.object({ status: z.enum(runtimeStatuses), checkedAt: Moment, since: Moment }).nullable();

export const RuntimeState = z.object({
  runtime,
  /** It is set up on this installation. */
  isOffered: z.boolean(),
  /** The workspace's plan includes it. */
  isPlanned: z.boolean(),
  check: lastCheck,
});
export type RuntimeState = z.infer<typeof RuntimeState>;
export const RuntimeStates = z.object({ runtimes: z.array(RuntimeState) });

export const RuntimeReport = z.object({
  runtime,
  isOffered: z.boolean(),
  check: z
    .object({
      status: z.enum(runtimeStatuses),
      detail: z.string(),
      warnings: z.array(z.string()),
      checkedAt: Moment,
      since: Moment,
      tookMs: z.number(),
    })
    .nullable(),
  /** Versions that could be called, of all workspaces. */
  versions: z.number(),
});
export type RuntimeReport = z.infer<typeof RuntimeReport>;

export const StrayItem = z.object({
  runtime,
  kind: z.enum(strayKinds),
  deploymentId: z.string(),
  agentId: z.string(),
  workspaceId: z.string(),
  firstSeenAt: Moment,
  seenAt: Moment,
  settledAt: Moment.nullable(),
  outcome: z.enum(strayOutcomes).nullable(),
  failure: z.string().nullable(),
});
export type StrayItem = z.infer<typeof StrayItem>;

const reasonMax = 300;

export const RemoveStrangerInput = z.strictObject({
  runtime,
  deploymentId: z.string().min(1).max(100),
  /** The id once more, typed. */
  confirmation: z.string().trim().max(100),
  reason: z.string().trim().min(1, "Say why: it stands in the platform's log.").max(reasonMax),
});
export type RemoveStrangerInput = z.infer<typeof RemoveStrangerInput>;

export const RuntimesReport = z.object({
  environment: z.string(),
  runtimes: z.array(RuntimeReport),
  /** What is open first, then what was settled last. */
  strays: z.array(StrayItem),
});
export type RuntimesReport = z.infer<typeof RuntimesReport>;
