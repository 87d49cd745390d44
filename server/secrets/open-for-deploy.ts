// Opens a deployment's secrets for a runtime elsewhere, which keeps them itself: at its placement, and when they are refreshed.
import type { LaunchGrant } from "~/runtime/contract/host-protocol";
import type { Services } from "~/server/services";
import { openForLaunch } from "./open-for-launch";

/** The same path as a launch, with the same refusals. `secretVersions` is already written to the deployment's row. */
export function openForDeploy(
  services: Pick<Services, "across" | "vault" | "clock" | "config">,
  deploymentId: string,
  { signal }: { signal: AbortSignal },
): Promise<LaunchGrant> {
  signal.throwIfAborted();
  return openForLaunch(services, deploymentId);
}
