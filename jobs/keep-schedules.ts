// Enters the schedules into BullMQ, and again whenever they are gone: a flushed Redis must not silence the sweeps.
import { Queue as BullQueue } from "bullmq";
import type { Redis } from "ioredis";
import type { Log } from "~/server/log";
import { queuePrefix } from "~/server/queue/create-queue";
import { type Schedule, schedules } from "./schedules";

const checkEveryMs = 15_000;

export type ScheduleKeeper = { close(): Promise<void> };

/** Rejects when Redis cannot be reached at first; later troubles are logged and tried again. */
export async function keepSchedules(needs: { connection: Redis; log: Log }): Promise<ScheduleKeeper> {
  const queues = schedules.map((schedule) => {
    const queue = new BullQueue(schedule.name, { connection: needs.connection, prefix: queuePrefix });
    queue.on("error", (error) => needs.log.debug({ err: error, job: schedule.name }, "a schedule's connection is troubled"));
    return { schedule, queue };
  });
  const check = async () => {
    for (const { schedule, queue } of queues) await ensureSchedule(queue, schedule);
  };
  await check();
  const timer = setInterval(() => {
    check().catch((error: unknown) => needs.log.warn({ err: error }, "the schedules could not be checked"));
  }, checkEveryMs);
  return {
    close: async () => {
      clearInterval(timer);
      await Promise.allSettled(queues.map(({ queue }) => queue.close()));
    },
  };
}

/** Entering it anew would begin its interval anew, so it is left alone while it is alive. */
async function ensureSchedule(queue: BullQueue, schedule: Schedule): Promise<void> {
  const known = await queue.getJobScheduler(schedule.name);
  const isAlive = known?.every === schedule.everyMs && (known.next ?? 0) > Date.now() - schedule.everyMs;
  if (isAlive) return;
  const opts = { attempts: 1, removeOnComplete: true, removeOnFail: true };
  await queue.upsertJobScheduler(schedule.name, { every: schedule.everyMs }, { name: schedule.name, data: {}, opts });
}
