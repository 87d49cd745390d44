// The generation of a deployment's telemetry key.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { WorkspaceScope } from "~/server/auth/scope";

/** One generation on; of racing callers each gets one of its own. Nothing comes back when there is no such deployment. */
export function addTelemetryGeneration(
  tx: Db,
  scope: WorkspaceScope,
  rotation: { deploymentId: string; at: Date; overlapEndsAt: Date | null },
) {
  return tx
    .updateTable("deployments")
    .set({
      telemetryGeneration: sql<number>`telemetry_generation + 1`,
      telemetryRotatedAt: rotation.at,
      telemetryOverlapEndsAt: rotation.overlapEndsAt,
    })
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", rotation.deploymentId)
    .returning(["telemetryGeneration", "agentId", "runtime", "version"])
    .executeTakeFirst();
}
