// The words of key rotation, for the operator's page. Names and fingerprints, never a key.
import { z } from "zod";
import { keyRotationStatuses } from "~/db/tables/key-rotations";
import { Moment } from "~/server/zod-shapes";

export const keyStates = ["primary", "former", "missing"] as const;

export const WrappingKey = z.object({
  id: z.string(),
  /** `missing`: data keys are wrapped by it, and this process does not have it. */
  state: z.enum(keyStates),
  kind: z.enum(["local", "aws-kms"]).nullable(),
  place: z.string(),
  dataKeys: z.number(),
  addedAt: Moment.nullable(),
  lastUsedAt: Moment.nullable(),
  /** Nothing is wrapped by it any more: it may be taken out of KEY_ENCRYPTION_FORMER_KEYS. */
  mayBeRemoved: z.boolean(),
});
export type WrappingKey = z.infer<typeof WrappingKey>;

export const RotationItem = z.object({
  rotationId: z.string(),
  kekId: z.string(),
  status: z.enum(keyRotationStatuses),
  /** The operator's name; null: it began by itself. */
  startedBy: z.string().nullable(),
  keysTotal: z.number(),
  keysRewrapped: z.number(),
  keysStuck: z.number(),
  lastError: z.string().nullable(),
  startedAt: Moment,
  movedAt: Moment,
  finishedAt: Moment.nullable(),
});
export type RotationItem = z.infer<typeof RotationItem>;

export const credentialStates = ["in_use", "former", "silent", "removed"] as const;

export const CredentialItem = z.object({
  /** The variable of the environment. */
  variable: z.string(),
  fingerprint: z.string(),
  /** `silent`: an old one beside a newer one, unused for a week: it may be removed. `removed`: no process holds it any more. */
  state: z.enum(credentialStates),
  addedAt: Moment.nullable(),
  lastUsedAt: Moment.nullable(),
  /** Whether its uses are written down at all. */
  isMeasured: z.boolean(),
});
export type CredentialItem = z.infer<typeof CredentialItem>;

export const RotationOverview = z.object({
  keys: z.array(WrappingKey),
  /** Data keys that are not wrapped by the primary. */
  waiting: z.number(),
  /** The newest first. */
  rotations: z.array(RotationItem),
  credentials: z.array(CredentialItem),
});
export type RotationOverview = z.infer<typeof RotationOverview>;

export const StartedRotation = z.object({ rotationId: z.string(), keysTotal: z.number() });

export const GiveUpKeyInput = z.object({
  /** A key-encryption key that is lost. */
  kekId: z.string().regex(/^kek_[0-9a-f]{16}$/, "Expected the id of a key-encryption key, kek_ and 16 hexadecimal digits."),
  /** The id once more. */
  confirmation: z.string().max(40),
});
export type GiveUpKeyInput = z.infer<typeof GiveUpKeyInput>;

export const GivenUp = z.object({ dataKeysDestroyed: z.number() });

export const DataKeyInput = z.object({ workspaceId: z.string().min(1).max(60) });

/** Of a workspace. */
export const DataKeyFacts = z.object({
  workspaceId: z.string(),
  /** Null: nothing was ever sealed. */
  generation: z.number().nullable(),
  /** The key-encryption key that wraps it. */
  kekId: z.string().nullable(),
  createdAt: Moment.nullable(),
  renewedAt: Moment.nullable(),
  /** The former key is still there: values are being sealed anew, or the time in which late ones may come is not over. */
  isResealing: z.boolean(),
  valuesResealed: z.number(),
  /** Altered before: they open under no key. */
  valuesStuck: z.number(),
  /** When every value had been looked at once. */
  passedAt: Moment.nullable(),
  /** From when on the former key goes. */
  settlesAt: Moment.nullable(),
});
export type DataKeyFacts = z.infer<typeof DataKeyFacts>;

export const RotatedDataKey = z.object({ generation: z.number() });
