// The words of the ways into an account that others vouch for, shared with the browser.
import { z } from "zod";
import { ProviderKey } from "~/server/auth/oauth/oauth.contract";
import { Moment } from "~/server/zod-shapes";

export const OfferedProviderItem = z.object({ key: ProviderKey, name: z.string() });
export type OfferedProviderItem = z.infer<typeof OfferedProviderItem>;

export const IdentityItem = z.object({
  identityId: z.string(),
  providerName: z.string(),
  /** The address as the provider told it last; may be another than the account's. */
  email: z.string().nullable(),
  createdAt: Moment,
  lastUsedAt: Moment.nullable(),
});
export type IdentityItem = z.infer<typeof IdentityItem>;

export const SignInMethods = z.object({
  hasPassword: z.boolean(),
  identities: z.array(IdentityItem),
  offered: z.array(OfferedProviderItem),
});
export type SignInMethods = z.infer<typeof SignInMethods>;

const Key = z.string().max(20);
/** A path of this site: what a link says must not lead away from here. */
const To = z
  .string()
  .max(2_000)
  .regex(/^\/(?![/\\])/, "Expected a path of this site.");

export const BeginProviderInput = z.object({ provider: Key, to: To });
export type BeginProviderInput = z.infer<typeof BeginProviderInput>;

export const Leaving = z.object({ location: z.string() });

/** What the provider sent back with the person. */
export const FinishProviderInput = z.object({
  provider: Key,
  state: z.string().max(500).nullable(),
  code: z.string().max(4_000).nullable(),
  error: z.string().max(500).nullable(),
  iss: z.string().max(500).nullable(),
});
export type FinishProviderInput = z.infer<typeof FinishProviderInput>;

export const ProviderFinished = z.object({
  kind: z.enum(["signed_in", "second_factor", "connected"]),
  /** Where the person was going. */
  to: z.string(),
});
export type ProviderFinished = z.infer<typeof ProviderFinished>;

export const DisconnectIdentityInput = z.object({ identityId: z.string().max(64) });
