// The doorbell over BullMQ: one BullMQ queue per kind of job, one connection that fails fast instead of hanging.
import { Queue as BullQueue } from "bullmq";
import { Redis } from "ioredis";
import type { Log } from "~/server/log";
import { currentTraceparent, inSpan } from "~/server/observability/spans";
import type { JobContract, Queue } from "./queue";

/** Rings that may wait for an answer of Redis at once; beyond it a ring is lost at once instead of growing memory. */
const pendingRingsMax = 1_000;

/** Milliseconds a ring waits for Redis. */
const ringTimeoutMs = 500;

/** The word before every key that BullMQ writes. */
export const queuePrefix = "whs";

/**
 * Opens the producer's side. A rejected command may still arrive when Redis returns (ioredis keeps it): job ids are
 * deterministic and the row is the truth, so a late or doubled ring does no harm.
 */
export function createQueue(needs: { redisUrl: string; log: Log }): Queue {
  const connection = new Redis(needs.redisUrl, {
    commandTimeout: ringTimeoutMs,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 2_000),
  });
  connection.on("error", (error) => needs.log.warn({ err: error }, "the queue's connection to Redis is troubled"));
  const bullQueues = new Map<string, BullQueue>();
  let pendingRings = 0;

  function bullQueueOf(name: string): BullQueue {
    const known = bullQueues.get(name);
    if (known) return known;
    const opened = new BullQueue(name, { connection, prefix: queuePrefix, skipWaitingForReady: true, skipVersionCheck: true });
    opened.on("error", () => undefined); // the connection's own listener has said it already
    bullQueues.set(name, opened);
    return opened;
  }

  async function ring<Name extends string, Payload extends Record<string, string>>(
    job: JobContract<Name, Payload>,
    payload: Payload,
  ): Promise<void> {
    if (pendingRings >= pendingRingsMax) {
      needs.log.warn({ job: job.name }, "a ring was lost: too many are waiting for Redis");
      return;
    }
    pendingRings += 1;
    try {
      await inSpan({ name: `ring ${job.name}`, kind: "producer", facts: { "whs.job": job.name } }, () =>
        bullQueueOf(job.name).add(job.name, payload, jobOptions(job, payload)),
      );
    } catch (error) {
      needs.log.warn({ job: job.name, payload, err: error }, "a ring was lost; the sweep will heal it");
    } finally {
      pendingRings -= 1;
    }
  }

  async function close(): Promise<void> {
    await Promise.allSettled([...bullQueues.values()].map((queue) => queue.close()));
    connection.disconnect();
  }

  return { ring, close };
}

/** Of rings that collapse, the first one's cause is told. Finished jobs leave nothing in Redis: what became of them is in the rows. */
function jobOptions<Payload extends Record<string, string>>(job: JobContract<string, Payload>, payload: Payload) {
  const cause = currentTraceparent()?.own;
  return {
    ...(cause ? { telemetry: { metadata: cause } } : {}),
    jobId: job.keyOf(payload),
    attempts: job.attempts,
    backoff: { type: "exponential", delay: 500 },
    removeOnComplete: true,
    removeOnFail: true,
  };
}
