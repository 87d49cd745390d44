// Tries a failed or cancelled deployment again: as a new version from the same bundle, because versions never change.
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { createDeployment } from "./create-deployment";
import type { DeploymentItem } from "./deployments.contract";
import { readDeployment } from "./get-deployment";

/** Rejects with `CONFLICT` unless it failed or was cancelled, and like `createDeployment`. */
export async function retryDeployment(
  needs: Pick<Services, "db" | "clock" | "queue" | "providers">,
  scope: WorkspaceScope,
  deploymentId: string,
): Promise<DeploymentItem> {
  const row = await readDeployment(needs, scope, deploymentId);
  if (row.status !== "failed" && row.status !== "cancelled") {
    throw new AppError(
      "CONFLICT",
      `Version ${row.version} is ${row.status}; only a failed or cancelled deployment can be tried again.`,
    );
  }
  const { agentId, uploadId, runtime, activates } = row;
  return createDeployment(needs, scope, { agentId, uploadId, runtime, activate: activates, retryOf: deploymentId });
}
