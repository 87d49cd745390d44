// A deployment's row as callers see it.
import type { DeploymentItem } from "./deployments.contract";
import type { DeploymentRow } from "./deployments.queries";

export function toDeploymentItem(row: DeploymentRow): DeploymentItem {
  return {
    deploymentId: row.id,
    agentId: row.agentId,
    version: row.version,
    runtime: row.runtime,
    status: row.status,
    stage: row.stage,
    activates: row.activates,
    bundleSha256: row.bundleSha256,
    failureCode: row.failureCode,
    failureReason: row.failureReason,
    cancelRequested: row.cancelRequestedAt !== null,
    createdBy: row.createdBy,
    createdByName: row.createdByName,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    activatedAt: row.activatedAt,
    prunedAt: row.prunedAt,
  };
}
