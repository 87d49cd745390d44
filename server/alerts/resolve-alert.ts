// Resolves an alert that is over: once, whoever of several workers comes first, with its letters and webhooks in the same commit.
import type { WebhookEvent } from "~/db/tables/webhooks";
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { announceEvent } from "~/server/webhooks/announce-event";
import { resolvedLetter } from "./alert-letter";
import { listTold } from "./list-told";
import type { AlertNeeds } from "./raise-alert";
import { type RaisedAlert, type Subject, setAlertResolvedIfStandingAcrossWorkspaces } from "./raising.queries";

const resolvedEvents = {
  error_rate: "agent.error_rate.resolved",
  deployment_failed: "deployment.recovered",
} as const satisfies Record<RaisedAlert["rule"], WebhookEvent>;

type Begun = Subject & { alertId: string; raisedAt: Date; isGone: boolean };

/** False: it was over already. Of an agent that was deleted nothing works again, so nobody is told that it does. */
export function resolveAlert(needs: AlertNeeds, standing: Begun, alert: RaisedAlert): Promise<boolean> {
  const { workspaceId, agentId, agentName, alertId } = standing;
  return inTransaction(needs.across, async (tx) => {
    const at = needs.clock.now();
    if (!(await setAlertResolvedIfStandingAcrossWorkspaces(tx, { workspaceId, alertId, at }))) return false;
    await recordWorkspaceAudit(tx, workspaceId, {
      actorKind: "system",
      action: "alert.resolve",
      targetKind: "agent",
      targetId: agentId,
      metadata: { rule: alert.rule, ...(standing.isGone ? { reason: "agent_deleted" } : {}) },
    });
    if (standing.isGone) return true;
    const facts = { alertId, agentId, agentName, raisedAt: standing.raisedAt.toISOString(), ...alert.facts };
    await announceEvent(needs, tx, { workspaceId, type: resolvedEvents[alert.rule], facts });
    const said = { publicUrl: needs.config.publicUrl, subject: standing, alert };
    for (const reader of await listTold(tx, standing)) {
      await needs.mailer.send(tx, resolvedLetter(said, reader));
    }
    return true;
  });
}
