// Tells the owners and admins of a workspace, once a day and deployment, when too many reports of its calls did not arrive (MISSION G5, G7).
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { Services } from "~/server/services";
import { announceEvent } from "~/server/webhooks/announce-event";
import { dropLetter } from "./drop-letter";
import {
  type DroppingDeployment,
  insertDropAlertIfNoneAcrossWorkspaces,
  listDroppingDeploymentsAcrossWorkspaces,
  listKeepersAcrossWorkspaces,
} from "./drops.queries";

type Needs = Pick<Services, "across" | "clock" | "config" | "log" | "mailer" | "queue">;

const hourMs = 3_600_000;
/** Whole hours that ended so long ago: until then a report may still be on its way. */
const settledAfterMs = 15 * 60_000;
const hoursLookedAt = 24;
/** A few reports at the edges of hours and days alarm nobody. */
const leastMissing = 20;
const leastShare = 0.02;
const deploymentsMax = 500;
const lettersMax = 50;

/** Safe to run at any time, also twice at once. Answers how many deployments were told of. */
export async function sweepDrops(needs: Needs): Promise<number> {
  const now = needs.clock.now();
  const to = new Date(Math.floor((now.getTime() - settledAfterMs) / hourMs) * hourMs);
  const from = new Date(to.getTime() - hoursLookedAt * hourMs);
  const day = now.toISOString().slice(0, 10);
  const limits = { from, to, day, leastMissing, leastShare, limit: deploymentsMax };
  const dropping = await listDroppingDeploymentsAcrossWorkspaces(needs.across, limits);
  const workspaceIds = [...new Set(dropping.map(({ workspaceId }) => workspaceId))];
  let told = 0;
  for (const workspaceId of workspaceIds) {
    told += await tell(
      needs,
      dropping.filter((one) => one.workspaceId === workspaceId),
      day,
    );
  }
  return told;
}

/** The marks, the letters and the audit entries are one transaction. */
function tell(needs: Needs, dropping: DroppingDeployment[], day: string): Promise<number> {
  return inTransaction(needs.across, async (tx) => {
    const fresh: DroppingDeployment[] = [];
    for (const one of dropping) {
      const { workspaceName: _workspace, agentName: _agent, version: _version, ...alert } = one;
      const isFirst = await insertDropAlertIfNoneAcrossWorkspaces(tx, { ...alert, day, createdAt: needs.clock.now() });
      if (!isFirst) continue;
      fresh.push(one);
      await recordWorkspaceAudit(tx, one.workspaceId, {
        actorKind: "system",
        action: "telemetry.drop",
        targetKind: "deployment",
        targetId: one.deploymentId,
        metadata: { expectedEvents: one.expectedEvents, receivedEvents: one.receivedEvents, day },
      });
      const { workspaceId, agentId, agentName, deploymentId, version, expectedEvents, receivedEvents } = one;
      const facts = { agentId, agentName, deploymentId, version, expectedEvents, receivedEvents };
      await announceEvent(needs, tx, { workspaceId, type: "telemetry.dropped", facts });
    }
    const [first] = fresh;
    if (!first) return 0;
    for (const reader of await listKeepersAcrossWorkspaces(tx, first.workspaceId, lettersMax)) {
      await needs.mailer.send(
        tx,
        dropLetter({ publicUrl: needs.config.publicUrl, reader, dropping: [first, ...fresh.slice(1)] }),
      );
    }
    needs.log.warn({ workspaceId: first.workspaceId, deployments: fresh.length }, "telemetry of deployments is missing");
    return fresh.length;
  });
}
