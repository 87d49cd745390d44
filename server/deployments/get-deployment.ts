// One deployment with everything its page shows: facts of the bundle, timeline and the beginning of its log.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { sourceOf } from "~/server/bundles/upload-item";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { toDeploymentItem } from "./deployment-item";
import type { DeploymentDetail } from "./deployments.contract";
import { type DeploymentRow, findDeployment, findUploadFacts, listLogLines, listSteps } from "./deployments.queries";

export const logLinesMax = 500;

export function getDeployment(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  deploymentId: string,
): Promise<DeploymentDetail> {
  return inWorkspace(needs.db, scope, async (tx) => {
    const row = await findDeployment(tx, scope, deploymentId);
    if (!row) throw notFound("deployment");
    const upload = await findUploadFacts(tx, scope, row.uploadId);
    const manifest = row.manifest as Manifest;
    return {
      ...toDeploymentItem(row),
      fileName: upload?.fileName ?? "",
      sizeBytes: upload?.sizeBytes ?? 0,
      filesCount: upload?.filesCount ?? 0,
      source: upload ? sourceOf(upload) : null,
      requiredKeys: manifest.env.requiredKeys,
      networkAllow: manifest.network?.allow ?? null,
      secretVersions: row.secretVersions,
      variableVersions: row.variableVersions,
      steps: await listSteps(tx, scope, deploymentId),
      logs: await listLogLines(tx, scope, { deploymentId, afterSeq: 0, limit: logLinesMax }),
    };
  });
}

/** The bare row, for verbs that go on from it. Rejects with `NOT_FOUND`. */
export async function readDeployment(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  deploymentId: string,
): Promise<DeploymentRow> {
  const row = await inWorkspace(needs.db, scope, (tx) => findDeployment(tx, scope, deploymentId));
  if (!row) throw notFound("deployment");
  return row;
}
