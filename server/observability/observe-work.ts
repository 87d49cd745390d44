// How the work of the installation stands: queues, what waits in rows, and runtimes. Asked of Redis and PostgreSQL at each scrape of a worker.
import type { Meter } from "@opentelemetry/api";
import { queuePrefix } from "~/server/queue/create-queue";
import type { Services } from "~/server/services";
import { countBacklogAcrossWorkspaces, listRuntimeStatusesAcrossWorkspaces } from "./backlog.queries";

type Needs = Pick<Services, "across" | "clock" | "log" | "redis">;

const states = ["wait", "active", "delayed"] as const;

export function observeWork(meter: Meter, needs: Needs, jobs: readonly string[]): void {
  const depth = meter.createObservableGauge("whs.queue.jobs", { description: "Jobs in the queue." });
  const waiting = meter.createObservableGauge("whs.backlog.rows", { description: "Rows that wait for a worker." });
  const oldest = meter.createObservableGauge("whs.backlog.age.seconds", {
    description: "How long the oldest of them waits.",
    unit: "s",
  });
  const isUp = meter.createObservableGauge("whs.runtime.up", { description: "Whether the last health check found it well." });
  depth.addCallback((result) =>
    quietly(needs, async () => {
      for (const { job, state, count } of await countJobs(needs, jobs)) result.observe(count, { job, state });
    }),
  );
  meter.addBatchObservableCallback(
    (result) =>
      quietly(needs, async () => {
        for (const row of await countBacklogAcrossWorkspaces(needs.across, needs.clock.now())) {
          result.observe(waiting, row.waiting, { kind: row.kind });
          result.observe(oldest, row.oldestSeconds, { kind: row.kind });
        }
        for (const { runtime, status } of await listRuntimeStatusesAcrossWorkspaces(needs.across)) {
          result.observe(isUp, status === "up" ? 1 : 0, { runtime });
        }
      }),
    [waiting, oldest, isUp],
  );
}

async function countJobs({ redis }: Needs, jobs: readonly string[]) {
  const asked = jobs.flatMap((job) => states.map((state) => ({ job, state })));
  const pipeline = redis.pipeline();
  for (const { job, state } of asked) {
    const key = `${queuePrefix}:${job}:${state}`;
    if (state === "delayed") pipeline.zcard(key);
    else pipeline.llen(key);
  }
  const answers = (await pipeline.exec()) ?? [];
  return asked.flatMap((of, place) => {
    const [error, count] = answers[place] ?? [];
    return error || typeof count !== "number" ? [] : [{ ...of, count }];
  });
}

/** With one of them away the rest is shown all the same; the gap is what an alert rule looks for. */
async function quietly({ log }: Needs, look: () => Promise<void>): Promise<void> {
  await look().catch((error: unknown) => log.warn({ err: error }, "some metrics could not be read"));
}
