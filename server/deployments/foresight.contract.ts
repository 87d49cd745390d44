// The words of dry runs: what an act upon an agent's versions would do, and what would refuse it (AHEAD 14).
import { z } from "zod";
import { runtimes } from "~/db/tables/deployments";
import { ManifestChange } from "./compare.contract";

/** What the act itself would answer instead of acting. */
export const ForeseenRefusal = z.object({
  code: z.string(),
  message: z.string(),
  reason: z.string().nullable(),
  limitType: z.string().nullable(),
});
export type ForeseenRefusal = z.infer<typeof ForeseenRefusal>;

export const NamedVersion = z.object({ deploymentId: z.string(), version: z.number() });
export type NamedVersion = z.infer<typeof NamedVersion>;

/** Against the version that is live now; with none, everything is new. Names up to a hundred files. */
export const FilesSummary = z.object({
  added: z.number(),
  changed: z.number(),
  removed: z.number(),
  unchanged: z.number(),
  named: z.array(z.object({ path: z.string(), change: z.enum(["added", "changed", "removed"]) })),
});
export type FilesSummary = z.infer<typeof FilesSummary>;

/** A secret that the version would start with. */
export const InjectedSecret = z.object({
  name: z.string(),
  version: z.number(),
  /** Which one the live version started with; null: none. */
  liveVersion: z.number().nullable(),
  isRequired: z.boolean(),
});
export type InjectedSecret = z.infer<typeof InjectedSecret>;

const Effect = z.object({
  /** Nothing would refuse it now. What only the act can find out (the build, the probe, a stored file that was altered) is not foreseen. */
  isAllowed: z.boolean(),
  refusals: z.array(ForeseenRefusal),
  /** The live version that steps back; null: none is live, or it stays. */
  replaces: NamedVersion.nullable(),
  manifest: z.array(ManifestChange),
  files: FilesSummary,
  missingKeys: z.array(z.string()),
  secrets: z.array(InjectedSecret),
  /** Versions that could go live again now, and could not afterwards: the plan keeps no more. */
  outOfReach: z.array(NamedVersion),
});

export const DeploymentPlan = Effect.extend({
  agentId: z.string(),
  uploadId: z.string(),
  version: z.number(),
  /** Null: this installation offers none that the bundle claims; `refusals` says so. */
  runtime: z.enum(runtimes).nullable(),
  activates: z.boolean(),
  /** The smaller of what the manifest asks for and what the workspace's plan grants. */
  timeoutMs: z.number(),
  memoryMb: z.number(),
  /** Golden invocations that have to pass before it goes live. */
  golden: z.array(z.string()),
});
export type DeploymentPlan = z.infer<typeof DeploymentPlan>;

export const ActivationPlan = Effect.extend({
  agentId: z.string(),
  deploymentId: z.string(),
  version: z.number(),
  runtime: z.enum(runtimes),
  /** `none`: it is the live one already. */
  direction: z.enum(["promotion", "rollback", "none"]),
});
export type ActivationPlan = z.infer<typeof ActivationPlan>;

export const AgentDeletionPlan = z.object({
  agentId: z.string(),
  name: z.string(),
  live: NamedVersion.nullable(),
  /** Versions that go, and how many of them are under way and will be cancelled. */
  versions: z.number(),
  underWay: z.number(),
  sessions: z.number(),
  secrets: z.array(z.string()),
  /** Keys that may act upon this agent only: nothing is left for them to do. */
  uselessKeys: z.array(z.object({ keyId: z.string(), name: z.string() })),
  /** Answered calls since yesterday: callers that will be refused. */
  callsLastDay: z.number(),
});
export type AgentDeletionPlan = z.infer<typeof AgentDeletionPlan>;
