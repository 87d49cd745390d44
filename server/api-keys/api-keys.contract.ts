// The words of API keys, shared with the browser. The key itself is in one answer only: the one that made it.
import { z } from "zod";
import { apiKeyPresets } from "~/db/tables/api-keys";
import { Moment } from "~/server/zod-shapes";
import { overlapHours } from "./overlap.contract";

/** `superseded`: works on until its overlap ends. `ended`: the overlap is over. `blocked`: its maker's account is disabled. */
export const apiKeyStates = ["works", "superseded", "ended", "expired", "revoked", "blocked"] as const;
export type ApiKeyState = (typeof apiKeyStates)[number];

export const apiKeyFlags = ["orphaned", "unused", "over_broad", "expiring", "superseded"] as const;
export type ApiKeyFlag = (typeof apiKeyFlags)[number];

/** What somebody should look at: why, and the one act that settles it. */
export const ApiKeyHint = z.object({
  flag: z.enum(apiKeyFlags),
  explanation: z.string(),
  act: z.enum(["reroll", "revoke", "narrow", "end_overlap"]),
  /** The preset to narrow to. */
  preset: z.enum(apiKeyPresets).nullable(),
});
export type ApiKeyHint = z.infer<typeof ApiKeyHint>;

export const ApiKeyItem = z.object({
  keyId: z.string(),
  name: z.string(),
  preset: z.enum(apiKeyPresets),
  prefix: z.string(),
  createdBy: z.string(),
  /** Null: whoever made it is no member any more. */
  createdByName: z.string().nullable(),
  /** Null: every agent of the workspace. */
  agents: z.array(z.object({ agentId: z.string(), name: z.string() })).nullable(),
  callsPerMinuteMax: z.number().nullable(),
  callsPerMonthMax: z.number().nullable(),
  /** In the current UTC month. */
  callsThisMonth: z.number(),
  state: z.enum(apiKeyStates),
  hints: z.array(ApiKeyHint),
  createdAt: Moment,
  expiresAt: Moment.nullable(),
  lastUsedAt: Moment.nullable(),
  revokedAt: Moment.nullable(),
  /** When it was reported as seen in public, and revoked. */
  leakedAt: Moment.nullable(),
  replacesKeyId: z.string().nullable(),
  overlapEndsAt: Moment.nullable(),
  /** Requests since its successor was made. */
  overlapUses: z.number(),
});
export type ApiKeyItem = z.infer<typeof ApiKeyItem>;

const agentsNamedMax = 50;
const cap = (max: number) =>
  z.number().int("Use a whole number.").min(1, "Use at least 1, or leave it empty.").max(max, `Use at most ${max}.`).nullish();

export const CreateApiKeyInput = z.object({
  name: z.string().trim().min(1, "Give the key a name, so that you know it later.").max(60, "Use at most 60 characters."),
  preset: z.enum(apiKeyPresets),
  expiresInDays: z.number().int().min(1).max(730).nullable().default(null),
  /** Left out or null: every agent, also those to come. */
  agentIds: z
    .array(z.string().max(40))
    .min(1, "Choose at least one agent, or let the key reach all of them.")
    .max(agentsNamedMax, `Name at most ${agentsNamedMax} agents.`)
    .nullish(),
  callsPerMinuteMax: cap(600_000),
  callsPerMonthMax: cap(1_000_000_000),
});
export type CreateApiKeyInput = z.infer<typeof CreateApiKeyInput>;

/** `apiKey` is shown this once. */
export const CreatedApiKey = ApiKeyItem.extend({ apiKey: z.string() });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;

export const ApiKeyIdInput = z.object({ keyId: z.string().max(40) });

export const RerollApiKeyInput = ApiKeyIdInput.extend({ overlapHours: z.literal(overlapHours) });
export type RerollApiKeyInput = z.infer<typeof RerollApiKeyInput>;

export const NarrowApiKeyInput = ApiKeyIdInput.extend({ preset: z.enum(apiKeyPresets) });
export type NarrowApiKeyInput = z.infer<typeof NarrowApiKeyInput>;

export const ReportKeyLeakInput = z.object({
  key: z.string().min(1).max(200),
  /** Where it was seen, for example the address of a public repository. */
  where: z.string().trim().max(500).optional(),
});
export type ReportKeyLeakInput = z.infer<typeof ReportKeyLeakInput>;
