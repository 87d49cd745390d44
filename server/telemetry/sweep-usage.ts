// Counts usage again from the raw rows, repairs sums that differ, and says by how much they did (MISSION G4).
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit, recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { Services } from "~/server/services";
import {
  type DriftedHour,
  listDriftedDaysAcrossWorkspaces,
  listDriftedHoursAcrossWorkspaces,
  lockDeploymentAcrossWorkspaces,
  rebuildSumsAcrossWorkspaces,
} from "./recount.queries";
import { insertRecountAcrossWorkspaces } from "./retention.queries";
import { retentionClasses } from "./sweep-telemetry";

type Needs = Pick<Services, "across" | "clock" | "log">;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Whole UTC days before today; no event is accepted for longer than that. */
const daysBack = 2;
/** Counted by one statement: so that each ends in time. */
const spanMs = 6 * hourMs;
/** Of one run; the next one goes on. */
const repairsMax = 1_000;

export type UsageRecount = { checked: number; repaired: number; eventsDrift: number; callsDrift: number };

/** Safe to run at any time, also twice at once and while events arrive. */
export async function sweepUsage(needs: Needs): Promise<UsageRecount> {
  const startedAt = needs.clock.now();
  const todayMs = Math.floor(startedAt.getTime() / dayMs) * dayMs;
  const [fromMs, toMs] = [todayMs - daysBack * dayMs, todayMs + dayMs];
  const recount: UsageRecount = { checked: 0, repaired: 0, eventsDrift: 0, callsDrift: 0 };
  const classes = [...retentionClasses().keys()];
  for (let startMs = fromMs; startMs < toMs && recount.repaired < repairsMax; startMs += spanMs) {
    const span = { from: new Date(startMs), to: new Date(startMs + spanMs), retentionClasses: classes, limit: repairsMax };
    const { checked, drifted } = await listDriftedHoursAcrossWorkspaces(needs.across, span);
    recount.checked += checked;
    await repair(needs, recount, drifted);
  }
  const span = { from: new Date(fromMs), to: new Date(toMs), retentionClasses: classes, limit: repairsMax };
  await repair(needs, recount, await listDriftedDaysAcrossWorkspaces(needs.across, span));
  await insertRecountAcrossWorkspaces(needs.across, {
    countedFrom: span.from,
    countedTo: span.to,
    startedAt,
    finishedAt: needs.clock.now(),
    sumsChecked: recount.checked,
    sumsRepaired: recount.repaired,
    eventsDrift: recount.eventsDrift,
    callsDrift: recount.callsDrift,
  });
  if (recount.repaired > 0) await report(needs, recount);
  return recount;
}

async function repair(needs: Needs, recount: UsageRecount, drifted: DriftedHour[]): Promise<void> {
  for (const { workspaceId, deploymentId, hour, eventsDrift, callsDrift } of drifted) {
    await inTransaction(needs.across, async (tx) => {
      await lockDeploymentAcrossWorkspaces(tx, deploymentId);
      const place = { deploymentId, hour, retentionClasses: [...retentionClasses().keys()] };
      await rebuildSumsAcrossWorkspaces(tx, place);
      await recordWorkspaceAudit(tx, workspaceId, {
        actorKind: "system",
        action: "usage.repair",
        targetKind: "deployment",
        targetId: deploymentId,
        metadata: { hour: hour.toISOString(), eventsDrift, callsDrift },
      });
    });
    recount.repaired += 1;
    recount.eventsDrift += eventsDrift;
    recount.callsDrift += callsDrift;
  }
}

async function report(needs: Needs, recount: UsageRecount): Promise<void> {
  needs.log.error(recount, "sums of usage differed from the raw rows and were repaired");
  await recordPlatformAudit(needs.across, { actorKind: "system", action: "usage.repair", metadata: { ...recount } });
}
