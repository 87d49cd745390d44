// The words of agent secrets, shared with the browser. No shape here holds a value but those that set one.
import { z } from "zod";
import { secretEndings } from "~/db/tables/agent-secret-versions";
import { secretRefreshStatuses } from "~/db/tables/secret-refreshes";
import { AgentIdInput } from "~/server/agents/agents.contract";
import { Moment } from "~/server/zod-shapes";
import {
  secretNamePattern,
  secretNameRule,
  secretsAtOnceMax,
  secretValueBytes,
  secretValueBytesMax,
} from "./secret-words.contract";

export const SecretName = z.string().regex(secretNamePattern, secretNameRule);

const SecretValue = z
  .string()
  .min(1, "A secret needs a value.")
  .refine((text) => secretValueBytes(text) <= secretValueBytesMax, "A value has at most 16 KiB.");

/** RFC 3339. People are reminded before it; nothing stops at it. */
const ExpiresAt = z.iso.datetime({ offset: true, error: "Give the moment as 2027-01-31T00:00:00Z." }).max(40).nullable();

export const SetSecretInput = AgentIdInput.extend({
  name: SecretName,
  value: SecretValue,
  /** Belongs to this value: the next one has none until it is given one. */
  expiresAt: ExpiresAt.optional(),
});
export type SetSecretInput = z.infer<typeof SetSecretInput>;

export const SetManySecretsInput = AgentIdInput.extend({
  secrets: z
    .array(z.object({ name: SecretName, value: SecretValue }))
    .min(1, "Give at least one secret.")
    .max(secretsAtOnceMax, `At most ${secretsAtOnceMax} secrets can be set at once.`)
    .refine((secrets) => new Set(secrets.map(({ name }) => name)).size === secrets.length, "A name is given twice."),
});
export type SetManySecretsInput = z.infer<typeof SetManySecretsInput>;

export const SecretSet = z.object({ name: z.string(), version: z.number() });
export type SecretSet = z.infer<typeof SecretSet>;

export const SecretSetList = z.object({ items: z.array(SecretSet) });

export const SecretNameInput = AgentIdInput.extend({ name: SecretName });
export type SecretNameInput = z.infer<typeof SecretNameInput>;

export const SetSecretExpiryInput = AgentIdInput.extend({ name: SecretName, expiresAt: ExpiresAt });
export type SetSecretExpiryInput = z.infer<typeof SetSecretExpiryInput>;

export const ListSecretsInput = AgentIdInput.extend({
  /** Ask for the keys of this upload's manifest too: before the first deployment nothing else names any. */
  uploadId: z.string().max(40).optional(),
});
export type ListSecretsInput = z.infer<typeof ListSecretsInput>;

export const SecretItem = z.object({
  name: z.string(),
  isSet: z.boolean(),
  /** 0 when it was never set. */
  version: z.number(),
  /** Named by the manifest of the live version, or of the newest one while none is live. */
  isRequired: z.boolean(),
  isOptional: z.boolean(),
  updatedBy: z.string().nullable(),
  updatedAt: Moment.nullable(),
  lastInjectedAt: Moment.nullable(),
  expiresAt: Moment.nullable(),
  /** A version of the agent runs with another value than the one set now, or without it; see `secrets.stale`. */
  isStale: z.boolean(),
});
export type SecretItem = z.infer<typeof SecretItem>;

export const SecretList = z.object({ items: z.array(SecretItem) });

export const SecretVersionItem = z.object({
  version: z.number(),
  setBy: z.string(),
  setAt: Moment,
  /** Null while it is the current one. */
  endedBy: z.string().nullable(),
  endedAt: Moment.nullable(),
  endedHow: z.enum(secretEndings).nullable(),
  lastInjectedAt: Moment.nullable(),
});
export type SecretVersionItem = z.infer<typeof SecretVersionItem>;

export const SecretVersionList = z.object({ items: z.array(SecretVersionItem) });

/** One agent's, or without it all of the workspace's. */
export const StaleSecretsInput = z.object({ agentId: z.string().max(40).optional() });
export type StaleSecretsInput = z.infer<typeof StaleSecretsInput>;

export const StaleKey = z.object({
  name: z.string(),
  /** Which version the process holds; null when it was not set then. */
  heldVersion: z.number().nullable(),
  /** Which version is set now; null when it was unset since. */
  currentVersion: z.number().nullable(),
});
export type StaleKey = z.infer<typeof StaleKey>;

export const StaleDeployment = z.object({
  agentId: z.string(),
  agentName: z.string(),
  deploymentId: z.string(),
  version: z.number(),
  /** False: an older version that still runs for sessions that stayed with it. */
  isLive: z.boolean(),
  keys: z.array(StaleKey),
});
export type StaleDeployment = z.infer<typeof StaleDeployment>;

export const SecretRefreshItem = z.object({
  agentId: z.string(),
  agentName: z.string(),
  deploymentId: z.string(),
  version: z.number(),
  status: z.enum(secretRefreshStatuses),
  failureReason: z.string().nullable(),
  requestedAt: Moment,
  finishedAt: Moment.nullable(),
});
export type SecretRefreshItem = z.infer<typeof SecretRefreshItem>;

export const StaleSecrets = z.object({
  /** False: a runtime does not answer, so what runs there is not known. */
  isKnown: z.boolean(),
  items: z.array(StaleDeployment),
  /** What is being applied now, and what was within the last hour; the oldest wish first. */
  refreshes: z.array(SecretRefreshItem),
});
export type StaleSecrets = z.infer<typeof StaleSecrets>;

export const SecretsApplied = z.object({
  /** How many versions are started anew. */
  deployments: z.number(),
});
