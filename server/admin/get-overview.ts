// How the platform is: its parts, its queue as the rows tell it, and the last run of each sweep.
import { leaseMs } from "~/server/deployments/claim-deployment";
import { readRuntimesReport } from "~/server/runtimes/read-runtimes-report";
import type { Services } from "~/server/services";
import type { Overview } from "./admin.contract";
import { findCountsAcrossWorkspaces, findQueueAcrossWorkspaces, listSweepRunsAcrossWorkspaces } from "./overview.queries";

type Needs = Pick<Services, "config" | "across" | "clock" | "redis" | "providers">;

const askTimeoutMs = 2_000;
const sweepsMax = 50;

export async function getOverview(services: Needs): Promise<Overview> {
  const { across, clock } = services;
  const now = clock.now();
  const [counts, queue, sweeps, parts] = await Promise.all([
    findCountsAcrossWorkspaces(across, now),
    findQueueAcrossWorkspaces(across, new Date(now.getTime() - leaseMs)),
    listSweepRunsAcrossWorkspaces(across, sweepsMax),
    askParts(services),
  ]);
  const { purges, ...deployments } = queue;
  return {
    ...counts,
    deployments,
    purges,
    parts,
    sweeps: sweeps.map(({ startedAt, ...run }) => ({ ...run, tookMs: run.finishedAt.getTime() - startedAt.getTime() })),
  };
}

/** PostgreSQL is up, or this answer would not be. Of the runtimes the worker's last check is told: no page waits for a provider. */
async function askParts(services: Needs): Promise<Overview["parts"]> {
  const { redis } = services;
  const { runtimes: reports } = await readRuntimesReport(services);
  const runtimes = reports
    .filter((report) => report.isOffered)
    .map(({ runtime, check }) => ({
      name: `${runtime} runtime`,
      status: check?.status ?? ("unconfigured" as const),
      detail: check?.detail ?? "No worker has checked it yet.",
    }));
  const ping = inTime(redis.ping()).then(
    () => ({ name: "Redis", status: "up" as const, detail: "Rings and announcements arrive at once." }),
    () => ({ name: "Redis", status: "down" as const, detail: "Work goes on by the sweeps, within seconds instead of at once." }),
  );
  const postgres = { name: "PostgreSQL", status: "up" as const, detail: "Answers." };
  return [postgres, await ping, ...runtimes];
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("No answer in time.")), askTimeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
