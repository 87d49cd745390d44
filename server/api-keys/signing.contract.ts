// The words of signing secrets, shared with the browser. The secret itself is in one answer only: the one that made it.
import { z } from "zod";
import { Moment } from "~/server/zod-shapes";

export const SigningSecretItem = z.object({
  secretId: z.string(),
  hint: z.string(),
  createdAt: Moment,
  lastUsedAt: Moment.nullable(),
});
export type SigningSecretItem = z.infer<typeof SigningSecretItem>;

export const CreatedSigningSecret = SigningSecretItem.extend({ secret: z.string() });
export type CreatedSigningSecret = z.infer<typeof CreatedSigningSecret>;

export const SigningSecretInput = z.object({ keyId: z.string().max(40), secretId: z.string().max(40) });
