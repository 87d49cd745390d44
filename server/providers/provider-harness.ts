// What a conformance suite is handed of the adapter that it tries, and how it places an agent there.
import type { Placement } from "~/runtime/contract/host-protocol";
import { buildPlacement } from "~/server/testing/agent-host";
import type { Provider } from "./provider";

export type ProviderHarness = {
  provider: Provider;
  /** Configured keys that the next start of this deployment gets, and the version of each. */
  configure(deploymentId: string, env: Record<string, string>, secretVersions?: Record<string, number>): void;
  /** From now on this deployment's secrets are not handed out. */
  refuse(deploymentId: string): void;
};

export async function placeAgent(
  harness: ProviderHarness,
  source: string,
  overrides: Partial<Placement> = {},
): Promise<Placement> {
  const placement = await buildPlacement(harness.provider, source, overrides);
  await harness.provider.deploy(placement, { signal: new AbortController().signal });
  return placement;
}
