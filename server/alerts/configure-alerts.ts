// Chooses what the workspace is told of by letter, and from which share of failed calls on.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import type { ConfigureAlertsInput } from "./alerts.contract";
import { upsertSetting } from "./alerts.queries";

const uncounted = { thresholdPercent: null, callsMin: null };

export async function configureAlerts(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  { errorRate, deploymentFailed, telemetryDropped }: ConfigureAlertsInput,
): Promise<void> {
  const set = { setBy: scope.principal.userId, setAt: needs.clock.now() };
  await inWorkspace(needs.db, scope, async (tx) => {
    await upsertSetting(tx, scope, { rule: "error_rate", ...errorRate, ...set });
    await upsertSetting(tx, scope, { rule: "deployment_failed", byMail: deploymentFailed.byMail, ...uncounted, ...set });
    if (telemetryDropped) {
      await upsertSetting(tx, scope, { rule: "telemetry_dropped", byMail: telemetryDropped.byMail, ...uncounted, ...set });
    }
    const { byMail, thresholdPercent, callsMin } = errorRate;
    const dropped = telemetryDropped ? { telemetryDroppedByMail: telemetryDropped.byMail } : {};
    const chosen = { errorRateByMail: byMail, thresholdPercent, callsMin, deploymentFailedByMail: deploymentFailed.byMail };
    await recordAudit(tx, scope, {
      action: "alert.configure",
      targetKind: "workspace",
      targetId: scope.workspaceId,
      metadata: { ...chosen, ...dropped },
    });
  });
}
