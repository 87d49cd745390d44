// Asks every runtime how it is and keeps the answer, so that no page ever waits for a provider (MISSION G7).
import type { Provider, ProviderHealth } from "~/server/providers/provider";
import { redactText } from "~/server/redaction/redact-text";
import type { Services } from "~/server/services";
import { toStorableText } from "~/server/storable-text";
import { upsertRuntimeCheckAcrossWorkspaces } from "./runtime-checks.queries";

type Needs = Pick<Services, "across" | "clock" | "log" | "providers">;

/** A cloud may try more than once before it answers. */
const checkTimeoutMs = 20_000;
const charactersMax = 500;
const warningsMax = 10;

/** One that does not answer is down; it holds no other up. */
export async function sweepRuntimes(needs: Needs, options: { timeoutMs?: number } = {}): Promise<void> {
  const timeoutMs = options.timeoutMs ?? checkTimeoutMs;
  await Promise.all(needs.providers.list().map((provider) => checkRuntime(needs, provider, timeoutMs)));
}

async function checkRuntime(needs: Needs, provider: Provider, timeoutMs: number): Promise<void> {
  const began = performance.now();
  const health = await askInTime(provider, timeoutMs).catch((error: unknown): ProviderHealth => {
    needs.log.warn({ err: error, runtime: provider.runtime }, "the health of a runtime could not be asked");
    return { status: "down", detail: "Its health check failed on our side; the log of the worker says why.", warnings: [] };
  });
  await upsertRuntimeCheckAcrossWorkspaces(needs.across, {
    runtime: provider.runtime,
    status: health.status,
    detail: safeText(health.detail),
    warnings: health.warnings.slice(0, warningsMax).map(safeText),
    checkedAt: needs.clock.now(),
    tookMs: Math.round(performance.now() - began),
  });
}

async function askInTime(provider: Provider, timeoutMs: number): Promise<ProviderHealth> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ProviderHealth>((resolve) => {
    const detail = `It did not answer in ${Math.ceil(timeoutMs / 1000)} seconds.`;
    timer = setTimeout(() => resolve({ status: "down", detail, warnings: [] }), timeoutMs);
  });
  try {
    return await Promise.race([provider.health(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function safeText(text: string): string {
  return toStorableText(redactText(text).slice(0, charactersMax));
}
