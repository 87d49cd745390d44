// The words of agent secrets, shared with the browser. No shape here holds a value but the one that sets it.
import { z } from "zod";
import { AgentIdInput } from "~/server/agents/agents.contract";
import { Moment } from "~/server/zod-shapes";

export const secretValueBytesMax = 16_384;

export const SecretName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, "Use capital letters, digits and underscores, for example OPENAI_API_KEY.");

export const SetSecretInput = AgentIdInput.extend({
  name: SecretName,
  value: z
    .string()
    .min(1, "A secret needs a value.")
    .refine((text) => new TextEncoder().encode(text).length <= secretValueBytesMax, "A value has at most 16 KiB."),
});
export type SetSecretInput = z.infer<typeof SetSecretInput>;
export const UnsetSecretInput = AgentIdInput.extend({ name: SecretName });

export type UnsetSecretInput = z.infer<typeof UnsetSecretInput>;

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
  /** Named by the manifest of the newest bundle. */
  isRequired: z.boolean(),
  isOptional: z.boolean(),
  updatedBy: z.string().nullable(),
  updatedAt: Moment.nullable(),
  lastInjectedAt: Moment.nullable(),
  /** The live deployment runs with another value than the one set now, or without it: a redeploy brings it up to date. */
  isStale: z.boolean(),
});
export type SecretItem = z.infer<typeof SecretItem>;

export const SecretList = z.object({ items: z.array(SecretItem) });
