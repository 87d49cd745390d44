// What the workspace is told of, and what was raised lately.
import type { WebhookKind } from "~/db/tables/webhooks";
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import { countEndpointsOn } from "~/server/webhooks/webhooks.queries";
import { deploymentFailedDefaults, errorRateDefaults, telemetryDroppedDefaults } from "./alert-words.contract";
import type { Alerts } from "./alerts.contract";
import { listAlerts, listSettings } from "./alerts.queries";

const alertsMax = 50;

export function readAlerts(needs: Pick<Services, "db">, scope: WorkspaceScope): Promise<Alerts> {
  return inWorkspace(needs.db, scope, async (tx) => {
    const rows = await listSettings(tx, scope, 10);
    const errorRate = rows.find(({ rule }) => rule === "error_rate");
    const deploymentFailed = rows.find(({ rule }) => rule === "deployment_failed");
    const telemetryDropped = rows.find(({ rule }) => rule === "telemetry_dropped");
    const settings = {
      errorRate: {
        byMail: errorRate?.byMail ?? errorRateDefaults.byMail,
        thresholdPercent: errorRate?.thresholdPercent ?? errorRateDefaults.thresholdPercent,
        callsMin: errorRate?.callsMin ?? errorRateDefaults.callsMin,
      },
      deploymentFailed: { byMail: deploymentFailed?.byMail ?? deploymentFailedDefaults.byMail },
      telemetryDropped: { byMail: telemetryDropped?.byMail ?? telemetryDroppedDefaults.byMail },
    };
    const on = await countEndpointsOn(tx, scope);
    const countOf = (kind: WebhookKind) => Number(on.find((row) => row.kind === kind)?.count ?? 0);
    const goesTo = { slackChannels: countOf("slack"), signedWebhooks: countOf("signed") };
    return { settings, goesTo, items: await listAlerts(tx, scope, alertsMax) };
  });
}
