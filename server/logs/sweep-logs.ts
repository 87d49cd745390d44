// Retention of logs: whole days are dropped, never rows deleted, the next days' partitions made ahead, each sweep reported (MISSION J2).
import { tiers } from "~/db/tables/workspaces";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { plans } from "~/server/plans/plans";
import type { Services } from "~/server/services";
import { ensureLogPartitionAcrossWorkspaces } from "./intake.queries";
import { logClassOf } from "./log-class";
import {
  deleteOldLogFactsAcrossWorkspaces,
  dropOldestLogPartitionAcrossWorkspaces,
  insertLogSweepAcrossWorkspaces,
} from "./retention.queries";

type Needs = Pick<Services, "across" | "clock" | "log">;

const dayMs = 86_400_000;
const daysAhead = 3;
const daysDroppedMax = 400;
const lockTriesMax = 5;
const lockNotAvailable = "55P03";
/** A host that was cut off for longer has other lines to tell. */
const silentDays = 3;
const factsKeptDays = 400;
const factsPerSweep = 10_000;

export type LogSweep = { retentionClass: string; dropped: string[]; isComplete: boolean };

/** Safe to run at any time, also twice at once. */
export async function sweepLogs(needs: Needs): Promise<LogSweep[]> {
  const sweeps: LogSweep[] = [];
  for (const days of new Set(tiers.map((tier) => plans[tier].logRetentionDays))) sweeps.push(await sweepClass(needs, days));
  const nowMs = needs.clock.now().getTime();
  const [silentSince, before] = [silentDays, factsKeptDays].map((days) => new Date(nowMs - days * dayMs)) as [Date, Date];
  await deleteOldLogFactsAcrossWorkspaces(needs.across, { silentSince, before, limit: factsPerSweep });
  return sweeps;
}

async function sweepClass(needs: Needs, days: number): Promise<LogSweep> {
  const retentionClass = logClassOf(days);
  const startedAt = needs.clock.now();
  for (let ahead = 0; ahead <= daysAhead; ahead += 1) {
    await ensureLogPartitionAcrossWorkspaces(needs.across, retentionClass, dayOf(startedAt.getTime() + ahead * dayMs));
  }
  const keepFrom = dayOf(startedAt.getTime() - days * dayMs);
  const { dropped, bytesFreed, isComplete } = await dropDays(needs, retentionClass, keepFrom);
  const facts = { partitionsDropped: dropped.length, bytesFreed, partitionsAhead: daysAhead + 1, isComplete };
  const finishedAt = needs.clock.now();
  await insertLogSweepAcrossWorkspaces(needs.across, { retentionClass, keepFrom, startedAt, finishedAt, ...facts });
  if (dropped.length > 0) {
    needs.log.info({ retentionClass, dropped }, "logs past their retention were dropped");
    const metadata = { retentionClass, days: dropped.length };
    await recordPlatformAudit(needs.across, { actorKind: "system", action: "log.sweep", metadata });
  }
  return { retentionClass, dropped, isComplete };
}

/** Day by day, so that none waits for the lock of another; who reads a day keeps it until the next sweep. */
async function dropDays(needs: Needs, retentionClass: string, keepFrom: string) {
  const dropped: string[] = [];
  let [bytesFreed, refusals] = [0, 0];
  while (dropped.length < daysDroppedMax && refusals < lockTriesMax) {
    try {
      const gone = await dropOldestLogPartitionAcrossWorkspaces(needs.across, retentionClass, keepFrom);
      if (gone === null) return { dropped, bytesFreed, isComplete: true };
      dropped.push(gone.name);
      bytesFreed += gone.bytes;
    } catch (error) {
      if (!isLockRefused(error)) throw error;
      refusals += 1;
    }
  }
  needs.log.warn({ retentionClass, keepFrom }, "old logs are being read; the next sweep drops them");
  return { dropped, bytesFreed, isComplete: false };
}

function isLockRefused(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === lockNotAvailable;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
