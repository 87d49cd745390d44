// Cloudflare's SDK, loaded at the first use: an installation without Cloudflare pays nothing for it.
import type { BaseCloudflare } from "cloudflare/client";
import type { Scripts } from "cloudflare/resources/workers/scripts/scripts";
import type { Subdomains } from "cloudflare/resources/workers/subdomains";
import type { Namespaces } from "cloudflare/resources/workers-for-platforms/dispatch/namespaces/namespaces";
import type { CloudflareConfig } from "~/server/config-cloudflare";
import type { Patience } from "./cloudflare-needs";

export type Sdk = BaseCloudflare & {
  workers: { scripts: Scripts; subdomains: Subdomains };
  workersForPlatforms: { dispatch: { namespaces: Namespaces } };
};

const opened = new WeakMap<CloudflareConfig, Promise<Sdk>>();

export function openSdk(config: CloudflareConfig, patience: Patience): Promise<Sdk> {
  const known = opened.get(config) ?? load(config, patience);
  opened.set(config, known);
  return known;
}

async function load(config: CloudflareConfig, patience: Patience): Promise<Sdk> {
  const [{ createClient }, { Scripts }, { Subdomains }, { Namespaces }] = await Promise.all([
    import("cloudflare/tree-shakable"),
    import("cloudflare/resources/workers/scripts/scripts"),
    import("cloudflare/resources/workers/subdomains"),
    import("cloudflare/resources/workers-for-platforms/dispatch/namespaces/namespaces"),
  ]);
  return createClient({
    resources: [Scripts, Subdomains, Namespaces],
    // All said here: what is left out, the SDK takes from variables of its own.
    apiToken: config.apiToken,
    apiKey: null,
    apiEmail: null,
    userServiceKey: null,
    baseURL: config.api.href,
    // Its own attempts wait as long as the vendor says, and do not hear an abort; call-vendor.ts makes them.
    maxRetries: 0,
    timeout: patience.requestMs,
    logLevel: "off",
  });
}
