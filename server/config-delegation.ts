// Trusted back ends in the configuration: who may call for others, and the secrets by which each of them signs.
import { z } from "zod";

/** Newest first; several of one source count at once, so that a secret is rotated without a gap. */
export type DelegationSecret = { source: string; secret: string };

const entryShape = /^([a-z0-9][a-z0-9_-]{0,39})=([\x21-\x2b\x2d-\x7e]{32,200})$/;

export const DelegationSecrets = z
  .string()
  .transform((text) => text.split(",").map((entry) => entryShape.exec(entry.trim())))
  .refine(
    (entries) => entries.every((entry) => entry !== null),
    "must look like crm=… with at least 32 random characters, several of them comma separated",
  )
  .transform((entries): DelegationSecret[] => entries.map((entry) => ({ source: entry?.[1] ?? "", secret: entry?.[2] ?? "" })))
  .pipe(z.array(z.object({ source: z.string(), secret: z.string() })).max(20));
