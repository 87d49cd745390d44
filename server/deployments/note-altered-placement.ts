// Writes down that a runtime found a placed module changed on its disk; the runtime itself refuses to run it (MISSION C4).
import type { IntegrityReport } from "~/runtime/contract/host-protocol";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { notFound } from "~/server/errors";
import type { CauseBudget } from "~/server/rate-limit/cause-budget";
import type { Services } from "~/server/services";
import { findPlacedVersionAcrossWorkspaces } from "./activation.queries";

type Needs = Pick<Services, "across" | "clock" | "log"> & { causes: CauseBudget };

/**
 * Rejects with `NOT_FOUND` for a version that the house does not know. One line a minute for each version, with a count of what
 * went unwritten: whoever calls an altered agent starts it, and must not fill its workspace's log.
 */
export async function noteAlteredPlacement(needs: Needs, report: IntegrityReport): Promise<void> {
  const version = await findPlacedVersionAcrossWorkspaces(needs.across, report.deploymentId);
  if (!version) throw notFound("deployment");
  const alsoSuppressed = needs.causes.admit(report.deploymentId, needs.clock.now());
  if (alsoSuppressed === null) return;
  needs.log.error({ deploymentId: report.deploymentId }, "a runtime refused a placed module: it was changed on disk");
  await recordWorkspaceAudit(needs.across, version.workspaceId, {
    actorKind: "system",
    action: "deployment.integrity_failure",
    targetKind: "deployment",
    targetId: report.deploymentId,
    metadata: {
      reason: "placed_module_altered",
      recorded: version.moduleSha256 ?? report.moduleSha256,
      runtime: version.runtime,
      alsoSuppressed,
    },
  });
}
