// Whether Cloudflare can be reached with these credentials: questions that change nothing, asked once each.
import { toAppError } from "~/server/errors";
import { isLoopbackUrl } from "~/server/loopback-url";
import type { ProviderHealth } from "~/server/providers/provider";
import { createCloudflareApi } from "./cloudflare-api";
import type { Room } from "./cloudflare-room";

const healthMs = 5_000;

export async function checkHealth({ needs, patience }: Room): Promise<ProviderHealth> {
  const api = createCloudflareApi({
    ...needs,
    patience: { ...patience, pausesMs: [], requestMs: Math.min(healthMs, patience.requestMs) },
  });
  const asked = { signal: AbortSignal.timeout(healthMs), code: "RUNTIME_ERROR" } as const;
  const { dispatchNamespace } = needs.config;
  try {
    const subdomain = await api.readSubdomain(asked);
    if (dispatchNamespace !== null) await api.assertNamespace(asked);
    const where = dispatchNamespace === null ? "as scripts of the account" : `in the dispatch namespace ${dispatchNamespace}`;
    return {
      status: "up",
      detail: `Agents are placed ${where}; addresses end in ${subdomain}.workers.dev.`,
      warnings: warningsOf(needs.publicUrl),
    };
  } catch (thrown) {
    return { status: "down", detail: toAppError(thrown).message, warnings: [] };
  }
}

function warningsOf(publicUrl: URL): string[] {
  if (!isLoopbackUrl(publicUrl)) return [];
  return [`PUBLIC_URL is ${publicUrl.origin}, which no agent at Cloudflare can reach: tokens and tool calls are not reported.`];
}
