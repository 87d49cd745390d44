// Resolves an alert that is over: once, whoever of several workers comes first, with its letters and webhooks in the same commit.
import type { WebhookEvent } from "~/db/tables/webhooks";
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { announceEvent } from "~/server/webhooks/announce-event";
import { resolvedLetter } from "./alert-letter";
import type { AlertNeeds } from "./raise-alert";
import {
  listAlertReadersAcrossWorkspaces,
  type RaisedAlert,
  type Subject,
  setAlertResolvedIfStandingAcrossWorkspaces,
} from "./raising.queries";

const lettersMax = 50;
const resolvedEvents = {
  error_rate: "agent.error_rate.resolved",
  deployment_failed: "deployment.recovered",
} as const satisfies Record<RaisedAlert["rule"], WebhookEvent>;

/** False: it was over already. */
export function resolveAlert(needs: AlertNeeds, standing: Subject & { alertId: string }, alert: RaisedAlert): Promise<boolean> {
  const { workspaceId, agentId, agentName, alertId } = standing;
  return inTransaction(needs.across, async (tx) => {
    const at = needs.clock.now();
    if (!(await setAlertResolvedIfStandingAcrossWorkspaces(tx, { workspaceId, alertId, at }))) return false;
    await recordWorkspaceAudit(tx, workspaceId, {
      actorKind: "system",
      action: "alert.resolve",
      targetKind: "agent",
      targetId: agentId,
      metadata: { rule: alert.rule },
    });
    const facts = { alertId, agentId, agentName, ...alert.facts };
    await announceEvent(needs, tx, { workspaceId, type: resolvedEvents[alert.rule], facts });
    if (!standing.byMail) return true;
    const said = { publicUrl: needs.config.publicUrl, subject: standing, alert };
    for (const reader of await listAlertReadersAcrossWorkspaces(tx, workspaceId, lettersMax)) {
      await needs.mailer.send(tx, resolvedLetter(said, reader));
    }
    return true;
  });
}
