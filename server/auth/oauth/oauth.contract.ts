// The words of sign-ins that others vouch for, shared with the browser.
import { z } from "zod";

export const providerKeys = ["google", "github", "oidc"] as const;
export const ProviderKey = z.enum(providerKeys);
export type ProviderKey = z.infer<typeof ProviderKey>;

/** What a button says. */
export type OfferedProvider = { key: ProviderKey; name: string };
