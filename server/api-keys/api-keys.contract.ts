// The words of API keys, shared with the browser. The key itself is in one answer only: the one that made it.
import { z } from "zod";
import { apiKeyPresets } from "~/db/tables/api-keys";
import { Moment } from "~/server/zod-shapes";

export const ApiKeyItem = z.object({
  keyId: z.string(),
  name: z.string(),
  preset: z.enum(apiKeyPresets),
  prefix: z.string(),
  createdBy: z.string(),
  createdAt: Moment,
  expiresAt: Moment.nullable(),
  lastUsedAt: Moment.nullable(),
  revokedAt: Moment.nullable(),
});
export type ApiKeyItem = z.infer<typeof ApiKeyItem>;

export const CreateApiKeyInput = z.object({
  name: z.string().trim().min(1, "Give the key a name, so that you know it later.").max(60, "Use at most 60 characters."),
  preset: z.enum(apiKeyPresets),
  expiresInDays: z.number().int().min(1).max(730).nullable().default(null),
});
export type CreateApiKeyInput = z.infer<typeof CreateApiKeyInput>;

/** `apiKey` is shown this once. */
export const CreatedApiKey = ApiKeyItem.extend({ apiKey: z.string() });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;

export const ApiKeyIdInput = z.object({ keyId: z.string().max(40) });
