// Cloudflare in the configuration: the account, the token, and whether agents go into a dispatch namespace.
import { z } from "zod";
import type { ConfigValues } from "./config-variables";

export type CloudflareConfig = {
  accountId: string;
  apiToken: string;
  /** Workers for Platforms; null: scripts of the account itself, each at an address under workers.dev. */
  dispatchNamespace: string | null;
  /** No variable moves these: only tests build a configuration with a stand-in in their places. */
  api: URL;
  /** Null: `https://<script>.<subdomain>.workers.dev`. Else where all of them are answered, told apart by the `host` header. */
  agents: URL | null;
};

/** Where Cloudflare is. */
export const cloudflarePlaces = { api: new URL("https://api.cloudflare.com/client/v4"), agents: null };

export const CloudflareAccountId = z
  .string()
  .regex(/^[0-9a-f]{32}$/, "must be the account's 32 hexadecimal digits, as in the address of its dashboard");

export const CloudflareApiToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{20,200}$/, "must be an API token, not the global API key with an address");

export const CloudflareDispatchNamespace = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "must be the name of a dispatch namespace: lower-case letters, digits, - and _");

export function cloudflareOf(values: ConfigValues): CloudflareConfig | null {
  const { CLOUDFLARE_ACCOUNT_ID: accountId, CLOUDFLARE_API_TOKEN: apiToken } = values;
  if (!accountId || !apiToken) return null;
  return { accountId, apiToken, dispatchNamespace: values.CLOUDFLARE_DISPATCH_NAMESPACE ?? null, ...cloudflarePlaces };
}
