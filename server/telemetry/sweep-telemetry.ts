// Retention of telemetry: whole days of raw events are dropped, never rows deleted; the next days' partitions made ahead; sums kept
// for 13 months and more (MISSION J2).
import { setTimeout as pause } from "node:timers/promises";
import { tiers } from "~/db/tables/workspaces";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { plans, retentionClassOf } from "~/server/plans/plans";
import type { Services } from "~/server/services";
import {
  deleteOldReportsAcrossWorkspaces,
  deleteOldSumsAcrossWorkspaces,
  insertSweepAcrossWorkspaces,
} from "./retention.queries";
import { dropOldestDayAcrossWorkspaces, ensureTelemetryPartitionAcrossWorkspaces } from "./telemetry.queries";

type Needs = Pick<Services, "across" | "clock" | "log">;
type PacedNeeds = Needs & { pace: { betweenDaysMs: number } };

const dayMs = 86_400_000;
const daysAhead = 3;
const daysDroppedMax = 400;
const lockTriesMax = 20;
/** Whoever writes just then waits for a drop, a commit's time or two: so seldom that no writer's percentiles tell of a sweep. */
const betweenDaysMs = 2_000;
const betweenTriesMs = 50;
const lockNotAvailable = "55P03";
/** More than a day over what may still arrive late. */
const minutesKeptDays = 3;
/** 13 months, and a little, so that the same month of last year is whole. */
const sumsKeptDays = 400;
const sumsPerBatch = 5_000;
const batchesMax = 100;

export type TelemetrySweep = { retentionClass: string; dropped: string[]; isComplete: boolean };

/** Safe to run at any time, also twice at once. It takes its time when there is much to drop. */
export async function sweepTelemetry(needs: Needs, pace = { betweenDaysMs }): Promise<TelemetrySweep[]> {
  const sweeps: TelemetrySweep[] = [];
  for (const [retentionClass, days] of retentionClasses())
    sweeps.push(await sweepClass({ ...needs, pace }, retentionClass, days));
  await sweepSums(needs);
  return sweeps;
}

/** Each class once, with the days it keeps. */
export function retentionClasses(): Map<string, number> {
  return new Map(tiers.map((tier) => [retentionClassOf(tier), plans[tier].telemetryRetentionDays]));
}

async function sweepClass(needs: PacedNeeds, retentionClass: string, days: number): Promise<TelemetrySweep> {
  const startedAt = needs.clock.now();
  for (let ahead = 0; ahead <= daysAhead; ahead += 1) {
    const day = dayOf(startedAt.getTime() + ahead * dayMs);
    await ensureTelemetryPartitionAcrossWorkspaces(needs.across, retentionClass, day);
  }
  const keepFrom = dayOf(startedAt.getTime() - days * dayMs);
  const { dropped, bytesFreed, isComplete } = await dropDays(needs, retentionClass, keepFrom);
  await insertSweepAcrossWorkspaces(needs.across, {
    retentionClass,
    keepFrom,
    startedAt,
    finishedAt: needs.clock.now(),
    partitionsDropped: dropped.length,
    bytesFreed,
    partitionsAhead: daysAhead + 1,
    isComplete,
  });
  if (dropped.length > 0) await report(needs, { retentionClass, dropped });
  return { retentionClass, dropped, isComplete };
}

/** Day by day, so that none waits for the lock of another; who reads a day keeps it until the next sweep. */
async function dropDays(needs: PacedNeeds, retentionClass: string, keepFrom: string) {
  const dropped: string[] = [];
  let [bytesFreed, refusals] = [0, 0];
  while (dropped.length < daysDroppedMax && refusals < lockTriesMax) {
    try {
      const gone = await dropOldestDayAcrossWorkspaces(needs.across, retentionClass, keepFrom);
      if (gone) dropped.push(gone.name);
      bytesFreed += gone?.bytes ?? 0;
      if (!gone || gone.daysLeft === 0) return { dropped, bytesFreed, isComplete: true };
      await pause(needs.pace.betweenDaysMs);
    } catch (error) {
      if (!isLockRefused(error)) throw error;
      refusals += 1;
      await pause(betweenTriesMs);
    }
  }
  needs.log.warn({ retentionClass, keepFrom }, "old telemetry is being read; the next sweep drops it");
  return { dropped, bytesFreed, isComplete: false };
}

async function sweepSums(needs: Needs): Promise<void> {
  const nowMs = needs.clock.now().getTime();
  const keptDays = { minute: minutesKeptDays, hour: sumsKeptDays, day: sumsKeptDays } as const;
  for (const grain of ["minute", "hour", "day"] as const) {
    const before = new Date(nowMs - keptDays[grain] * dayMs);
    for (let batch = 0; batch < batchesMax; batch += 1) {
      const rows = await deleteOldSumsAcrossWorkspaces(needs.across, { grain, before, limit: sumsPerBatch });
      if (rows < sumsPerBatch) break;
    }
  }
  await deleteOldReportsAcrossWorkspaces(needs.across, new Date(nowMs - sumsKeptDays * dayMs), sumsPerBatch);
}

async function report(needs: Needs, sweep: { retentionClass: string; dropped: string[] }): Promise<void> {
  needs.log.info(sweep, "telemetry past its retention was dropped");
  await recordPlatformAudit(needs.across, {
    actorKind: "system",
    action: "telemetry.sweep",
    metadata: { retentionClass: sweep.retentionClass, days: sweep.dropped.length },
  });
}

function isLockRefused(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === lockNotAvailable;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
