// Opens a deployment's secrets for one start of its process: only what its manifest names, held in memory only (MISSION F5).
import type { LaunchGrant } from "~/runtime/contract/host-protocol";
import type { Services } from "~/server/services";
import { openSecrets } from "./open-secrets";

/** The agent host asks at each start. Throws `NOT_FOUND` for what is gone, `UNAUTHORIZED` for what is disabled. */
export async function openForLaunch(
  services: Pick<Services, "across" | "vault" | "clock" | "config">,
  deploymentId: string,
): Promise<LaunchGrant> {
  const { env, variables, telemetryKey, secretVersions, moduleSha256 } = await openSecrets(services, deploymentId);
  // Left out when there are none: a host of the release before does not know the word.
  const given = Object.keys(variables).length > 0 ? { variables } : {};
  return { env, telemetryKey, secretVersions, ...given, ...(moduleSha256 === null ? {} : { moduleSha256 }) };
}
