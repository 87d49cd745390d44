// Answers the doorbell: one BullMQ worker for each kind of job, drained when the process is told to stop.
import { type Job, UnrecoverableError, Worker } from "bullmq";
import { Redis } from "ioredis";
import { recordSweep } from "~/server/admin/record-sweep";
import { AppError } from "~/server/errors";
import { instruments } from "~/server/observability/instruments";
import { causesFrom, inRootSpan } from "~/server/observability/spans";
import { queuePrefix } from "~/server/queue/create-queue";
import { redactText } from "~/server/redaction/redact-text";
import type { Services } from "~/server/services";
import { catalog, type JobName, type PayloadOf } from "./catalog";
import { handlers, type JobHandler } from "./handlers";
import { keepSchedules } from "./keep-schedules";

/** How many jobs of a kind one process does at once; what is not named here, one by one. */
const concurrencyOf: Partial<Record<JobName, number>> = {
  "agent-purge": 2,
  "billing-event": 4,
  "deployment-run": 4,
  "letter-wish-grant": 2,
  "mail-deliver": 3,
  "secrets-refresh": 4,
  // Mostly they wait for receivers, and one workspace has two at a time.
  "webhook-deliver": 16,
};

/** A worker that was killed is noticed within these, and its job delivered again. The rows decide what that means. */
const lockMs = 15_000;
const stalledCheckMs = 5_000;
const stalledMax = 10;
const drainMs = 20_000;

/** What else a job throws is a mistake of ours. */
const foreseen: ReadonlySet<string> = new Set(["AppError", "UnrecoverableError"]);

export type Workers = {
  /** Interrupts what runs, waits for it, then closes every connection. */
  drain(): Promise<void>;
};

/** Resolves when every worker listens. */
export async function startWorkers(services: Services): Promise<Workers> {
  const connection = new Redis(services.config.redisUrl, { maxRetriesPerRequest: null });
  connection.on("error", (error) => services.log.warn({ err: error }, "the workers' connection to Redis is troubled"));
  const draining = new AbortController();
  const names = Object.keys(catalog) as JobName[];
  const workers = names.map((name) => openWorker(services, name, { connection, draining: draining.signal }));
  const schedules = await keepSchedules({ connection, log: services.log });
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  return {
    drain: async () => {
      draining.abort();
      await schedules.close();
      await Promise.all(workers.map((worker) => closeInTime(worker)));
      connection.disconnect();
    },
  };
}

function openWorker<Name extends JobName>(
  services: Services,
  name: Name,
  options: { connection: Redis; draining: AbortSignal },
): Worker {
  const handle = handlers[name] as JobHandler<PayloadOf<Name>>;
  const run = (job: Job) => handle(services, job.data, options.draining);
  const reported = name.endsWith("-sweep") ? (job: Job) => recordSweep(services, name, () => run(job)) : run;
  const act = (job: Job) =>
    traced(name, job, () => timed(name, () => reported(job))).catch((error) => Promise.reject(verdictOf(error)));
  const worker = new Worker(name, act, {
    connection: options.connection,
    prefix: queuePrefix,
    concurrency: concurrencyOf[name] ?? 1,
    lockDuration: lockMs,
    stalledInterval: stalledCheckMs,
    maxStalledCount: stalledMax,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  worker.on("error", (error) => services.log.debug({ err: error, job: name }, "a worker's connection is troubled"));
  worker.on("failed", (job, error) => {
    if (options.draining.aborted) return;
    const level = foreseen.has(error.name) ? "warn" : "error";
    services.log[level]({ err: error, job: name, payload: job?.data }, "a job failed");
  });
  return worker;
}

function traced<T>(name: JobName, job: Job, run: () => Promise<T>): Promise<T> {
  const facts = { "whs.job": name, "whs.job.attempt": job.attemptsMade + 1 };
  return inRootSpan({ name: `job ${name}`, kind: "consumer", facts }, run, causesFrom(job.opts.telemetry?.metadata));
}

async function timed<T>(job: JobName, run: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const note = (outcome: "done" | "failed") =>
    instruments().jobDuration.record((performance.now() - began) / 1_000, { job, outcome });
  try {
    const value = await run();
    note("done");
    return value;
  } catch (error) {
    note("failed");
    throw error;
  }
}

/**
 * What the customer must mend is final; what is ours or a provider's is worth another delivery. The queue keeps what is thrown, with
 * its stack, in Redis until then, so it is redacted as a line of the log is.
 */
function verdictOf(error: unknown): unknown {
  if (error instanceof AppError && !error.retryable) return new UnrecoverableError(error.message);
  if (!(error instanceof Error)) return new Error("A job failed with something that is no error.");
  const safe = new Error(redactText(error.message), { cause: error.cause });
  return Object.assign(safe, { name: error.name, stack: redactText(error.stack ?? "") });
}

async function closeInTime(worker: Worker): Promise<void> {
  const timer = setTimeout(() => void worker.close(true), drainMs);
  try {
    await worker.close();
  } finally {
    clearTimeout(timer);
  }
}
