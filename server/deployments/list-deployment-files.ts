// The files of a version's bundle, as the upload door recorded them: nothing is read from storage.
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import type { DeploymentFiles } from "./compare.contract";
import { findVersion } from "./find-version";

export async function listDeploymentFiles(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  deploymentId: string,
): Promise<DeploymentFiles> {
  const { files, manifest, isPruned } = await findVersion(needs, scope, { deploymentId });
  return { items: files, entrypoint: manifest.entrypoint, isPruned };
}
