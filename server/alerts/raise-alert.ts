// Raises an alert: its row, the audit entry, the letters and the webhooks are one commit, and of racing workers one makes it (MISSION G7).
import type { WebhookEvent } from "~/db/tables/webhooks";
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { announceEvent } from "~/server/webhooks/announce-event";
import { raisedLetter } from "./alert-letter";
import { listTold } from "./list-told";
import { insertAlertIfNoneAcrossWorkspaces, type RaisedAlert, type Subject } from "./raising.queries";

export type AlertNeeds = Pick<Services, "across" | "clock" | "config" | "log" | "mailer" | "queue">;

export const raisedEvents = {
  error_rate: "agent.error_rate.raised",
  deployment_failed: "deployment.failed",
} as const satisfies Record<RaisedAlert["rule"], WebhookEvent>;

/** False: it stood already. */
export function raiseAlert(needs: AlertNeeds, subject: Subject, alert: RaisedAlert): Promise<boolean> {
  const { workspaceId, agentId, agentName } = subject;
  const { rule, facts } = alert;
  return inTransaction(needs.across, async (tx) => {
    const [id, raisedAt] = [newId("alert"), needs.clock.now()];
    const row = { id, workspaceId, agentId, rule, facts: JSON.stringify(facts), raisedAt, calmSince: null, resolvedAt: null };
    if (!(await insertAlertIfNoneAcrossWorkspaces(tx, row))) return false;
    await recordWorkspaceAudit(tx, workspaceId, {
      actorKind: "system",
      action: "alert.raise",
      targetKind: "agent",
      targetId: agentId,
      metadata: { rule, ...facts },
    });
    await announceEvent(needs, tx, {
      workspaceId,
      type: raisedEvents[rule],
      facts: { alertId: id, agentId, agentName, ...facts },
    });
    const said = { publicUrl: needs.config.publicUrl, subject, alert };
    for (const reader of await listTold(tx, { ...subject, alertId: id, raisedAt })) {
      await needs.mailer.send(tx, raisedLetter(said, reader));
    }
    return true;
  });
}
