// The runtimes as operators see them: the last check in the provider's words, what runs there, and what the sweep found astray.
import type { Services } from "~/server/services";
import { listRuntimeChecksAcrossWorkspaces } from "./runtime-checks.queries";
import { shownRuntimes } from "./runtime-facts.contract";
import type { RuntimesReport } from "./runtimes.contract";
import { countCallableAcrossWorkspaces, listStraysAcrossWorkspaces } from "./strays.queries";

const straysMax = 100;

/** Asks no provider. */
export async function readRuntimesReport({
  config,
  across,
  providers,
}: Pick<Services, "config" | "across" | "providers">): Promise<RuntimesReport> {
  const checks = await listRuntimeChecksAcrossWorkspaces(across);
  const counts = await countCallableAcrossWorkspaces(across);
  const offered = new Set(providers.list().map((provider) => provider.runtime));
  const runtimes = shownRuntimes.map((runtime) => {
    const isOffered = offered.has(runtime);
    return {
      runtime,
      isOffered,
      check: (isOffered && checks.find((row) => row.runtime === runtime)) || null,
      versions: counts.find((row) => row.runtime === runtime)?.versions ?? 0,
    };
  });
  return { environment: config.environment, runtimes, strays: await listStraysAcrossWorkspaces(across, straysMax) };
}
