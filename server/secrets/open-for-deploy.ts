// Opens a deployment's secrets for the worker that hands them to a cloud provider at placement. The same path as a launch.
import type { Services } from "~/server/services";
import { type OpenedSecrets, openSecrets } from "./open-secrets";

/** `secretVersions` is already written to the deployment's row. Throws like `openForLaunch`. */
export function openForDeploy(
  services: Pick<Services, "across" | "vault" | "clock" | "config">,
  deploymentId: string,
): Promise<OpenedSecrets> {
  return openSecrets(services, deploymentId);
}
