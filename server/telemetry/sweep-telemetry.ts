// Retention of raw telemetry: whole days are dropped, never rows deleted; and the next days' partitions made ahead (MISSION J2).
import { tiers } from "~/db/tables/workspaces";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { plans, retentionClassOf } from "~/server/plans/plans";
import type { Services } from "~/server/services";
import { dropTelemetryPartitionsAcrossWorkspaces, ensureTelemetryPartitionAcrossWorkspaces } from "./telemetry.queries";

const dayMs = 86_400_000;
const daysAhead = 3;

export type TelemetrySweep = { retentionClass: string; dropped: string[] };

/** Safe to run at any time, also twice at once. Hourly sums are kept. */
export async function sweepTelemetry(needs: Pick<Services, "across" | "clock" | "log">): Promise<TelemetrySweep[]> {
  const nowMs = needs.clock.now().getTime();
  const sweeps: TelemetrySweep[] = [];
  for (const [retentionClass, days] of retentionClasses()) {
    for (let ahead = 0; ahead <= daysAhead; ahead += 1) {
      await ensureTelemetryPartitionAcrossWorkspaces(needs.across, retentionClass, dayOf(nowMs + ahead * dayMs));
    }
    const dropped = await dropTelemetryPartitionsAcrossWorkspaces(needs.across, retentionClass, dayOf(nowMs - days * dayMs));
    sweeps.push({ retentionClass, dropped });
    if (dropped.length > 0) await report(needs, { retentionClass, dropped });
  }
  return sweeps;
}

/** Each class once, with the days it keeps. */
function retentionClasses(): Map<string, number> {
  return new Map(tiers.map((tier) => [retentionClassOf(tier), plans[tier].telemetryRetentionDays]));
}

async function report(needs: Pick<Services, "across" | "log">, sweep: TelemetrySweep): Promise<void> {
  needs.log.info(sweep, "telemetry past its retention was dropped");
  await recordPlatformAudit(needs.across, {
    actorKind: "system",
    action: "telemetry.sweep",
    metadata: { retentionClass: sweep.retentionClass, days: sweep.dropped.length },
  });
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
